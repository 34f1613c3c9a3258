"""A representation just as large as the largest one is refused."""

from __future__ import annotations

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty


class _LargestSizeRefused(Policy):
    def exceeds_size(self, end: int) -> bool:
        return super().exceeds_size(end + 1)


DEFECT = Defect(
    name="largest-size-refused",
    title="A representation just as large as the largest one is refused",
    requirements=("RUFH-OPTIONS-NOT-LOOSER",),
    drafts=(9, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_LargestSizeRefused,
)
