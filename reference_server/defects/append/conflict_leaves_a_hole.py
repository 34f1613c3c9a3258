"""An append beyond the offset is refused, but moves the offset to its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Upload


class _ConflictLeavesAHole(Policy):
    def accepts_offset(self, upload: Upload, offset: int) -> bool:
        hole = offset - upload.offset
        if 0 < hole <= _LARGEST and not upload.complete:
            upload.blob.append(bytes(hole))
            return False
        return super().accepts_offset(upload, offset)


_LARGEST = 16 * 1024 * 1024


DEFECT = Defect(
    name="conflict-leaves-a-hole",
    title="An append beyond the offset is refused, but moves the offset to its own",
    requirements=("SUITE-INTEGRITY-REFUSED-UNCHANGED",),
    drafts=(9, 6, 3),
    difficulty=Difficulty.WIRE,
    override=_ConflictLeavesAHole,
)
