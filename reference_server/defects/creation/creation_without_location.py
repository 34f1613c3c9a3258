"""The acknowledgement of a creation has no Location."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _CreationWithoutLocation(Policy):
    def fields_for_incomplete_creation(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        return without(super().fields_for_incomplete_creation(call, upload), "Location")


DEFECT = Defect(
    name="creation-without-location",
    title="The acknowledgement of a creation has no Location",
    requirements=("RUFH-CREATE-INCOMPLETE-LOCATION",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_CreationWithoutLocation,
)
