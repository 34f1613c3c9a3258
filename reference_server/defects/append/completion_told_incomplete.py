"""The final response to the last append tells that more may follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import changed

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _CompletionToldIncomplete(Policy):
    def fields_for_completion(
        self, call: Call, upload: Upload, *, creating: bool
    ) -> tuple[FieldLine, ...]:
        lines = super().fields_for_completion(call, upload, creating=creating)
        name, value = self.completeness(call.draft, complete=False)
        return changed(lines, name, value)


DEFECT = Defect(
    name="completion-told-incomplete",
    title="The final response to the last append tells that more may follow",
    requirements=("RUFH-APPEND-COMPLETE-TRUE", "RUFH-H-APPEND-COMPLETE-2XX"),
    drafts=(7, 6, 9),
    difficulty=Difficulty.WIRE,
    override=_CompletionToldIncomplete,
)
