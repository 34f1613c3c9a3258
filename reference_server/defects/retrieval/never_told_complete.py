"""Offset retrieval never tells complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import changed

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _NeverToldComplete(Policy):
    def fields_for_retrieval(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        lines = super().fields_for_retrieval(call, upload)
        name, value = self.completeness(call.draft, complete=False)
        return changed(lines, name, value)


DEFECT = Defect(
    name="never-told-complete",
    title="Offset retrieval never tells complete",
    requirements=("RUFH-RETRIEVE-COMPLETE-AFTER-FINAL",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_NeverToldComplete,
)
