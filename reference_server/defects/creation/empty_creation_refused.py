"""A creation without content is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.creation import Creator
from reference_server.core.problems import Problem
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions, Exchange


class _EmptyCreationRefused(Creator):
    def serve(self, call: Call, actions: Actions, *, complete: bool) -> Exchange | None:
        if call.request.length == 0:
            self._policy.refuse(call, None, Problem(status=400, detail="There is no content."))
        return super().serve(call, actions, complete=complete)


DEFECT = Defect(
    name="empty-creation-refused",
    title="A creation without content is refused",
    requirements=("RUFH-CREATE-EMPTY-VALID",),
    drafts=(9, 5, 6),
    difficulty=Difficulty.WIRE,
    override=_EmptyCreationRefused,
)
