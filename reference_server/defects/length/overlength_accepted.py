"""Content beyond the announced length is accepted."""

from __future__ import annotations

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty


class _OverlengthAccepted(Policy):
    def overruns(self, length: int | None, end: int) -> bool:
        del length, end
        return False


DEFECT = Defect(
    name="overlength-accepted",
    title="Content beyond the announced length is accepted",
    requirements=("RUFH-APPEND-OVERLENGTH-REJECT",),
    drafts=(9, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_OverlengthAccepted,
)
