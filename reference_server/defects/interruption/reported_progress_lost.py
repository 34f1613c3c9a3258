"""Octets reported by a 104 are dropped when the request is cut."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _ReportedProgressLost(Transfer):
    def _cut(self) -> None:
        self._upload.blob.truncate(self._base)
        super()._cut()


DEFECT = Defect(
    name="reported-progress-lost",
    title="Octets reported by a 104 are dropped when the request is cut",
    requirements=("SUITE-INTEGRITY-ACKNOWLEDGED-LOST", "RUFH-OFFSET-NO-DECREASE"),
    drafts=(9, 5, 6),
    difficulty=Difficulty.INTERRUPTION,
    override=_ReportedProgressLost,
)
