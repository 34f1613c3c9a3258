"""A request that ends another one on its upload finds it empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Upload


class _TakeOverEmptiesTheUpload(Policy):
    def take_over(self, upload: Upload) -> None:
        busy = upload.transfer is not None
        super().take_over(upload)
        if busy and not upload.complete:
            upload.blob.truncate(0)


DEFECT = Defect(
    name="take-over-empties-the-upload",
    title="A request that ends another one on its upload finds it empty",
    requirements=("SUITE-INTEGRITY-ACKNOWLEDGED-LOST",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.RACE,
    override=_TakeOverEmptiesTheUpload,
)
