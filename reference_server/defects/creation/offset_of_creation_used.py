"""A creation with Upload-Offset begins behind a gap."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_server.core.creation import Creator
from reference_server.core.messages import Fields
from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions, Exchange


class _OffsetOfCreationUsed(Creator):
    def serve(self, call: Call, actions: Actions, *, complete: bool) -> Exchange | None:
        told = call.request.fields.get("Upload-Offset")
        names = ("Content-Type", "Upload-Complete", "Upload-Incomplete", "Expect")
        kept = ((name, call.request.fields.get(name)) for name in names)
        fields = Fields((name, value) for name, value in kept if value is not None)
        clean = replace(call, request=replace(call.request, fields=fields))
        exchange = super().serve(clean, actions, complete=complete)
        if told is not None and told.isdigit() and isinstance(exchange, Transfer):
            exchange.content(bytes(int(told)))
        return exchange


DEFECT = Defect(
    name="offset-of-creation-used",
    title="A creation with Upload-Offset begins behind a gap",
    requirements=("RUFH-CREATE-OFFSET-NOT-USED",),
    drafts=(4, 3, 5, 6),
    difficulty=Difficulty.WIRE,
    override=_OffsetOfCreationUsed,
)
