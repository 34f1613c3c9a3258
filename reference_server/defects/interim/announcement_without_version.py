"""The announcing 104 does not carry the interop version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.profiles.rufh.drafts import VERSION_FIELD
from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _AnnouncementWithoutVersion(Policy):
    def announcement(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        return without(super().announcement(call, upload), VERSION_FIELD)


DEFECT = Defect(
    name="announcement-without-version",
    title="The announcing 104 does not carry the interop version",
    requirements=("RUFH-VERSION-104-HEADER",),
    drafts=(9, 3, 4, 5, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_AnnouncementWithoutVersion,
)
