"""A creation with more to follow is told to be complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import changed

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _CreationToldComplete(Policy):
    def fields_for_incomplete_creation(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        lines = super().fields_for_incomplete_creation(call, upload)
        name, value = self.completeness(call.draft, complete=True)
        return changed(lines, name, value)


DEFECT = Defect(
    name="creation-told-complete",
    title="A creation with more to follow is told to be complete",
    requirements=("RUFH-CREATE-RESPONSE-UPLOAD-COMPLETE",),
    drafts=(4, 5, 6, 9),
    difficulty=Difficulty.WIRE,
    override=_CreationToldComplete,
)
