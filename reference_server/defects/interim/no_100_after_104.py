"""A client that waits for 100 gets a 104 only, and waits for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _No100After104(Policy):
    def sends_continue(self, call: Call) -> bool:
        return super().sends_continue(call) and not self.announces(call)


DEFECT = Defect(
    name="no-100-after-104",
    title="A client that waits for 100 gets a 104 only, and waits for ever",
    requirements=("RUFH-104-KEEP-100",),
    drafts=(9, 8),
    difficulty=Difficulty.WIRE,
    override=_No100After104,
)
