"""The first octet of every append is stored as zero."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _FirstOctetsOfAppendsDropped(Transfer):
    def _store(self, data: bytes) -> bool:
        if not self._creating and self._received == 0 and data:
            data = bytes(1) + data[1:]
        return super()._store(data)


DEFECT = Defect(
    name="first-octets-of-appends-dropped",
    title="The first octet of every append is stored as zero",
    requirements=("SUITE-INTEGRITY-STORED", "RUFH-APPEND-APPLY"),
    drafts=(6, 3, 9),
    difficulty=Difficulty.STORAGE,
    override=_FirstOctetsOfAppendsDropped,
)
