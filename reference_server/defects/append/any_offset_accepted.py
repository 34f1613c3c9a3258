"""An append at a wrong offset is stored at the end all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Upload


class _AnyOffsetAccepted(Policy):
    def accepts_offset(self, upload: Upload, offset: int) -> bool:
        del upload
        return offset >= 0


DEFECT = Defect(
    name="any-offset-accepted",
    title="An append at a wrong offset is stored at the end all the same",
    requirements=("RUFH-APPEND-OFFSET-MISMATCH-409",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_AnyOffsetAccepted,
)
