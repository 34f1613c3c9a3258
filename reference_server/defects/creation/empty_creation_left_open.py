"""A complete creation without content is left waiting for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.creation import Creator
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions, Exchange


class _EmptyCreationLeftOpen(Creator):
    def serve(self, call: Call, actions: Actions, *, complete: bool) -> Exchange | None:
        return super().serve(call, actions, complete=complete and call.request.length != 0)


DEFECT = Defect(
    name="empty-creation-left-open",
    title="A complete creation without content is left waiting for more",
    requirements=("RUFH-CREATE-COMPLETE-PROCESS", "RUFH-CREATE-RESPONSE-UPLOAD-COMPLETE"),
    drafts=(9, 5, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_EmptyCreationLeftOpen,
)
