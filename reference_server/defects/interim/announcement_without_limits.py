"""The announcing 104 does not tell the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _AnnouncementWithoutLimits(Policy):
    def announcement(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        return without(super().announcement(call, upload), "Upload-Limit")


DEFECT = Defect(
    name="announcement-without-limits",
    title="The announcing 104 does not tell the limits",
    requirements=("RUFH-104-UPLOAD-LIMIT",),
    drafts=(9, 8),
    difficulty=Difficulty.WIRE,
    override=_AnnouncementWithoutLimits,
)
