"""What a creation brings beyond its Upload-Length is dropped and acknowledged."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _CreationStopsAtItsLength(Transfer):
    def content(self, data: bytes) -> None:
        length = self._upload.length
        if self._creating and length is not None:
            data = data[: length - self._upload.offset]
        super().content(data)


DEFECT = Defect(
    name="creation-stops-at-its-length",
    title="What a creation brings beyond its Upload-Length is dropped and acknowledged",
    requirements=("SUITE-INTEGRITY-ACKNOWLEDGED-LOST",),
    drafts=(9, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_CreationStopsAtItsLength,
)
