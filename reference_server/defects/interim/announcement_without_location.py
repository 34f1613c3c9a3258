"""The announcing 104 has no Location."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _AnnouncementWithoutLocation(Policy):
    def announcement(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        return without(super().announcement(call, upload), "Location")


DEFECT = Defect(
    name="announcement-without-location",
    title="The announcing 104 has no Location",
    requirements=("RUFH-104-LOCATION",),
    drafts=(9, 3, 4, 5, 6, 8),
    difficulty=Difficulty.WIRE,
    override=_AnnouncementWithoutLocation,
)
