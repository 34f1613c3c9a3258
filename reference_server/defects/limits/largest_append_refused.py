"""An append just as large as the largest one is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft


class _LargestAppendRefused(Policy):
    def exceeds_append(self, draft: Draft, size: int, *, creating: bool) -> bool:
        return super().exceeds_append(draft, size + 1, creating=creating)


DEFECT = Defect(
    name="largest-append-refused",
    title="An append just as large as the largest one is refused",
    requirements=("RUFH-OPTIONS-NOT-LOOSER",),
    drafts=(9, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_LargestAppendRefused,
)
