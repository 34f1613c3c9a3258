"""Nobody who waits for 100 gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _No100AtAll(Policy):
    def sends_continue(self, call: Call) -> bool:
        del call
        return False


DEFECT = Defect(
    name="no-100-at-all",
    title="Nobody who waits for 100 gets it",
    requirements=("HTTP-EXPECT-SERVER-ANSWER", "HTTP-EXPECT-SERVER-NO-WAIT"),
    drafts=(6, 3, 9),
    difficulty=Difficulty.WIRE,
    override=_No100AtAll,
)
