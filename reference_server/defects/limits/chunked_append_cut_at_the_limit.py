"""Chunked content is read up to the largest append and no further."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _ChunkedAppendCutAtTheLimit(Transfer):
    def content(self, data: bytes) -> None:
        most = self._policy.limits.max_append_size
        if most is not None and self._call.request.length is None and not self._creating:
            data = data[: most - self._received]
        super().content(data)


DEFECT = Defect(
    name="chunked-append-cut-at-the-limit",
    title="Chunked content is read up to the largest append and no further",
    requirements=("SUITE-INTEGRITY-STORED",),
    drafts=(9, 6, 7, 8),
    difficulty=Difficulty.STORAGE,
    override=_ChunkedAppendCutAtTheLimit,
)
