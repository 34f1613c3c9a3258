"""An append with more to follow is answered 308, as older protocols do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft


class _Append308(Policy):
    def status_for_incomplete_append(self, draft: Draft) -> int:
        del draft
        return 308


DEFECT = Defect(
    name="append-308",
    title="An append with more to follow is answered 308, as older protocols do",
    requirements=("RUFH-APPEND-INCOMPLETE-2XX",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_Append308,
)
