"""An append of another media type is refused after it was stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _RefusedTypeStored(Policy):
    def check_media_type(self, call: Call, upload: Upload) -> None:
        if not self.accepts_media_type(call):
            upload.blob.append(bytes(1))
        super().check_media_type(call, upload)


DEFECT = Defect(
    name="refused-type-stored",
    title="An append of another media type is refused after it was stored",
    requirements=("SUITE-INTEGRITY-REFUSED-UNCHANGED",),
    drafts=(9, 6),
    difficulty=Difficulty.STORAGE,
    override=_RefusedTypeStored,
)
