"""Only Content-Length is compared with the announced length, not what arrives."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _OverlengthChunkedAccepted(Transfer):
    def _overrun(self, data: bytes) -> None:
        self._upload.length = None
        if self._store(data):
            self._report()


DEFECT = Defect(
    name="overlength-chunked-accepted",
    title="Only Content-Length is compared with the announced length, not what arrives",
    requirements=("RUFH-APPEND-OVERLENGTH-REJECT",),
    drafts=(8, 7, 9),
    difficulty=Difficulty.WIRE,
    override=_OverlengthChunkedAccepted,
)
