"""The last octet of an append is not stored if it comes alone."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _LastOctetNotAwaited(Transfer):
    def content(self, data: bytes) -> None:
        last = self._received > 0 and self._received + 1 == self._call.request.length
        if len(data) > 1 or self._creating or not last:
            super().content(data)

    def end(self) -> None:
        if not self._creating and self._complete:
            self._upload.length = self._upload.offset
        super().end()


DEFECT = Defect(
    name="last-octet-not-awaited",
    title="The last octet of an append is not stored if it comes alone",
    requirements=("SUITE-INTEGRITY-ACKNOWLEDGED-LOST", "SUITE-INTEGRITY-STORED"),
    drafts=(9, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_LastOctetNotAwaited,
)
