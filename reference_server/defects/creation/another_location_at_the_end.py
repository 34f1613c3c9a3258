"""The final response names another URI than the 104."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import changed

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _AnotherLocationAtTheEnd(Policy):
    def fields_for_incomplete_creation(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        lines = super().fields_for_incomplete_creation(call, upload)
        return changed(lines, "Location", upload.path + "?final=1")


DEFECT = Defect(
    name="another-location-at-the-end",
    title="The final response names another URI than the 104",
    requirements=("RUFH-CREATE-LOCATION-IDENTICAL",),
    drafts=(9,),
    difficulty=Difficulty.WIRE,
    override=_AnotherLocationAtTheEnd,
)
