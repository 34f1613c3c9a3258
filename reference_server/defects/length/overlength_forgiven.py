"""An upload stays usable after content beyond its length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft


class _OverlengthForgiven(Policy):
    def overrun_invalidates(self, draft: Draft) -> bool:
        del draft
        return False


DEFECT = Defect(
    name="overlength-forgiven",
    title="An upload stays usable after content beyond its length",
    requirements=("RUFH-APPEND-OVERLENGTH-INVALIDATE",),
    drafts=(9, 8),
    difficulty=Difficulty.WIRE,
    override=_OverlengthForgiven,
)
