"""Offset retrieval is answered with 200."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft


class _Retrieval200(Policy):
    def status_for_retrieval(self, draft: Draft) -> int:
        del draft
        return 200


DEFECT = Defect(
    name="retrieval-200",
    title="Offset retrieval is answered with 200",
    requirements=("RUFH-H-HEAD-204",),
    drafts=(3, 4),
    difficulty=Difficulty.WIRE,
    override=_Retrieval200,
)
