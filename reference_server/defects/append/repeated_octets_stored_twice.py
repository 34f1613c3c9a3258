"""An append that begins before the end is stored at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Upload


class _RepeatedOctetsStoredTwice(Policy):
    def accepts_offset(self, upload: Upload, offset: int) -> bool:
        return offset <= upload.offset


DEFECT = Defect(
    name="repeated-octets-stored-twice",
    title="An append that begins before the end is stored at the end",
    requirements=("RUFH-APPEND-OFFSET-MISMATCH-409", "SUITE-INTEGRITY-DOUBLE-COUNTED"),
    drafts=(4, 9),
    difficulty=Difficulty.STORAGE,
    override=_RepeatedOctetsStoredTwice,
)
