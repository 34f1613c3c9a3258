"""A creation with more to follow is acknowledged with 200."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft


class _Creation200(Policy):
    def status_for_incomplete_creation(self, draft: Draft) -> int:
        del draft
        return 200


DEFECT = Defect(
    name="creation-200",
    title="A creation with more to follow is acknowledged with 200",
    requirements=("RUFH-CREATE-INCOMPLETE-201",),
    drafts=(4, 3, 5, 6),
    difficulty=Difficulty.WIRE,
    override=_Creation200,
)
