"""A length smaller than the offset is recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_server.core.append import Appender
from reference_server.core.messages import Fields
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions, Exchange
    from reference_server.core.uploads import Upload

_NEEDED = ("Upload-Offset", "Upload-Complete", "Content-Type")


class _LengthBelowTheOffsetRecorded(Appender):
    def serve(self, call: Call, actions: Actions, upload: Upload) -> Exchange:
        told = self._policy.read_length(call)
        if told is None or told >= upload.offset:
            return super().serve(call, actions, upload)
        fields = call.request.fields
        kept = [(name, value) for name in _NEEDED if (value := fields.get(name)) is not None]
        call = replace(call, request=replace(call.request, fields=Fields(kept)))
        exchange = super().serve(call, actions, upload)
        upload.length = told
        return exchange


DEFECT = Defect(
    name="length-below-the-offset-recorded",
    title="A length smaller than the offset is recorded",
    requirements=("RUFH-APPEND-OVERLENGTH-REJECT",),
    drafts=(9, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_LengthBelowTheOffsetRecorded,
)
