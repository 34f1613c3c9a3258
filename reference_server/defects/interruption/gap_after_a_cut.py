"""What is lost of a cut append is counted as if it were there."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _GapAfterACut(Transfer):
    def _cut(self) -> None:
        length = self._call.request.length or 0
        missing = length - self._received
        if missing > 0:
            self._upload.blob.append(bytes(missing))
        super()._cut()


DEFECT = Defect(
    name="gap-after-a-cut",
    title="What is lost of a cut append is counted as if it were there",
    requirements=("SUITE-INTEGRITY-BEYOND-SENT", "SUITE-INTEGRITY-STORED"),
    drafts=(6, 4),
    difficulty=Difficulty.INTERRUPTION,
    override=_GapAfterACut,
)
