"""Offset retrieval is answered with 202."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft


class _Retrieval202(Policy):
    def status_for_retrieval(self, draft: Draft) -> int:
        del draft
        return 202


DEFECT = Defect(
    name="retrieval-202",
    title="Offset retrieval is answered with 202",
    requirements=("RUFH-H-HEAD-204",),
    drafts=(6, 5),
    difficulty=Difficulty.WIRE,
    override=_Retrieval202,
)
