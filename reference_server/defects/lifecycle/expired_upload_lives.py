"""An upload whose lifetime is over can still be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.uploads import Registry
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Upload


class _ExpiredUploadLives(Registry):
    def expired(self, upload: Upload) -> bool:
        del upload
        return False


DEFECT = Defect(
    name="expired-upload-lives",
    title="An upload whose lifetime is over can still be used",
    requirements=("RUFH-LIMITS-MAY-ENFORCE",),
    drafts=(9,),
    difficulty=Difficulty.TIME,
    override=_ExpiredUploadLives,
)
