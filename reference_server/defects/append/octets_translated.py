"""NUL octets are stored as spaces."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _OctetsTranslated(Transfer):
    def _store(self, data: bytes) -> bool:
        return super()._store(data.replace(b"\0", b" "))


DEFECT = Defect(
    name="octets-translated",
    title="NUL octets are stored as spaces",
    requirements=("SUITE-INTEGRITY-STORED",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.STORAGE,
    override=_OctetsTranslated,
)
