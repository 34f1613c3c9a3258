"""An append with more to follow is acknowledged with 200."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft


class _Append200(Policy):
    def status_for_incomplete_append(self, draft: Draft) -> int:
        del draft
        return 200


DEFECT = Defect(
    name="append-200",
    title="An append with more to follow is acknowledged with 200",
    requirements=("RUFH-H-APPEND-INCOMPLETE-201",),
    drafts=(6, 4, 5),
    difficulty=Difficulty.WIRE,
    override=_Append200,
)
