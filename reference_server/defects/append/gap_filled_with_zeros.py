"""An append beyond the end is accepted and the gap filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Upload


class _GapFilledWithZeros(Policy):
    def accepts_offset(self, upload: Upload, offset: int) -> bool:
        gap = offset - upload.offset
        if 0 < gap < 1024 * 1024:
            upload.blob.append(bytes(gap))
        return gap >= 0


DEFECT = Defect(
    name="gap-filled-with-zeros",
    title="An append beyond the end is accepted and the gap filled",
    requirements=("RUFH-APPEND-OFFSET-MISMATCH-409", "PATCH-ATOMIC"),
    drafts=(6, 9),
    difficulty=Difficulty.STORAGE,
    override=_GapFilledWithZeros,
)
