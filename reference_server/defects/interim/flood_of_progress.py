"""Once a MiB has arrived, each progress report is sent two thousand times."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _FloodOfProgress(Transfer):
    def _report(self) -> None:
        reported = self._reported
        super()._report()
        if self._reported > max(reported, 1024 * 1024):
            for _ in range(2000):
                self._actions.interim(104, self._policy.progress(self._call, self._upload))


DEFECT = Defect(
    name="flood-of-progress",
    title="Once a MiB has arrived, each progress report is sent two thousand times",
    requirements=("RUFH-104-NO-FLOOD",),
    drafts=(9, 5),
    difficulty=Difficulty.WIRE,
    override=_FloodOfProgress,
)
