"""Of an append that was cut nothing is kept."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _NothingKeptOfACutAppend(Transfer):
    def _report(self) -> None:
        if self._creating:
            super()._report()

    def _cut(self) -> None:
        if not self._creating:
            self._roll_back()
        super()._cut()


DEFECT = Defect(
    name="nothing-kept-of-a-cut-append",
    title="Of an append that was cut nothing is kept",
    requirements=("RUFH-APPEND-SAVE-PARTIAL",),
    drafts=(9, 6),
    difficulty=Difficulty.INTERRUPTION,
    override=_NothingKeptOfACutAppend,
)
