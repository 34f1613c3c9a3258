"""The final response to the last append does not tell that the upload is complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _CompletionWithoutCompleteness(Policy):
    def fields_for_completion(
        self, call: Call, upload: Upload, *, creating: bool
    ) -> tuple[FieldLine, ...]:
        lines = super().fields_for_completion(call, upload, creating=creating)
        return without(lines, call.draft.completeness_field)


DEFECT = Defect(
    name="completion-without-completeness",
    title="The final response to the last append does not tell that the upload is complete",
    requirements=("RUFH-APPEND-COMPLETE-TRUE",),
    drafts=(9, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_CompletionWithoutCompleteness,
)
