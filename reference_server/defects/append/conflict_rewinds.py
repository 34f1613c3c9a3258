"""An append before the end is refused, but the upload goes back to where it began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Upload


class _ConflictRewinds(Policy):
    def accepts_offset(self, upload: Upload, offset: int) -> bool:
        if offset < upload.offset:
            upload.blob.truncate(offset)
            return False
        return super().accepts_offset(upload, offset)


DEFECT = Defect(
    name="conflict-rewinds",
    title="An append before the end is refused, but the upload goes back to where it began",
    requirements=(
        "SUITE-INTEGRITY-REFUSED-UNCHANGED",
        "SUITE-INTEGRITY-COMPLETED-UNCHANGED",
        "RUFH-OFFSET-NO-DECREASE",
    ),
    drafts=(9, 6, 3),
    difficulty=Difficulty.STORAGE,
    override=_ConflictRewinds,
)
