"""Content of unknown length that ends too early takes everything before it along."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _BrokenChunksEmptyTheUpload(Transfer):
    def _cut(self) -> None:
        if self._call.request.length is None:
            self._upload.blob.truncate(0)
        super()._cut()


DEFECT = Defect(
    name="broken-chunks-empty-the-upload",
    title="Content of unknown length that ends too early takes everything before it along",
    requirements=("SUITE-INTEGRITY-ACKNOWLEDGED-LOST", "RUFH-OFFSET-NO-DECREASE"),
    drafts=(9, 6, 3),
    difficulty=Difficulty.INTERRUPTION,
    override=_BrokenChunksEmptyTheUpload,
)
