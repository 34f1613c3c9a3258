"""An append without Upload-Offset is stored at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _MissingOffsetGuessed(Policy):
    def offset_of_append(self, call: Call, upload: Upload) -> int:
        offset = self.read_offset(call)
        return upload.offset if offset is None else offset


DEFECT = Defect(
    name="missing-offset-guessed",
    title="An append without Upload-Offset is stored at the end",
    requirements=("RUFH-APPEND-WITHOUT-OFFSET",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_MissingOffsetGuessed,
)
