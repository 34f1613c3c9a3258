"""Chunked content is stored with sizes and line ends."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty, Transport


class _ChunksStoredWithTheirFrames(Transfer):
    def _store(self, data: bytes) -> bool:
        if self._call.request.length is None:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        return super()._store(data)


DEFECT = Defect(
    name="chunks-stored-with-their-frames",
    title="Chunked content is stored with sizes and line ends",
    requirements=("RUFH-CODING-TRANSFER", "SUITE-INTEGRITY-STORED"),
    drafts=(9, 6),
    difficulty=Difficulty.STORAGE,
    override=_ChunksStoredWithTheirFrames,
    transport=Transport.H1,
)
