"""Of an offset only 32 bits are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Upload


class _OffsetOf32Bits(Policy):
    def accepts_offset(self, upload: Upload, offset: int) -> bool:
        return super().accepts_offset(upload, offset & 0xFFFFFFFF)


DEFECT = Defect(
    name="offset-of-32-bits",
    title="Of an offset only 32 bits are compared",
    requirements=("RUFH-APPEND-OFFSET-MISMATCH-409",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_OffsetOf32Bits,
)
