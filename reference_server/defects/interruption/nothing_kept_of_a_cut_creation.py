"""Of a creation that was cut nothing is kept."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _NothingKeptOfACutCreation(Transfer):
    def _report(self) -> None:
        if not (self._creating):
            super()._report()

    def _cut(self) -> None:
        if self._creating:
            self._roll_back()
        super()._cut()


DEFECT = Defect(
    name="nothing-kept-of-a-cut-creation",
    title="Of a creation that was cut nothing is kept",
    requirements=("RUFH-CREATE-SAVE-PARTIAL",),
    drafts=(9, 6),
    difficulty=Difficulty.INTERRUPTION,
    override=_NothingKeptOfACutCreation,
)
