"""An append that ends too early takes everything before it along."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _CutAppendEmptiesTheUpload(Transfer):
    def _cut(self) -> None:
        if not self._creating:
            self._upload.blob.truncate(0)
        super()._cut()


DEFECT = Defect(
    name="cut-append-empties-the-upload",
    title="An append that ends too early takes everything before it along",
    requirements=("SUITE-INTEGRITY-ACKNOWLEDGED-LOST", "RUFH-OFFSET-NO-DECREASE"),
    drafts=(9, 6, 3),
    difficulty=Difficulty.INTERRUPTION,
    override=_CutAppendEmptiesTheUpload,
)
