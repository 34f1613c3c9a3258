"""DATA is given to the stream that was opened last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_streams import H2Streams

if TYPE_CHECKING:
    from h2 import events as h2_events


class _StreamsMixedUp(H2Streams):
    def _content(self, event: h2_events.DataReceived) -> None:
        latest = max(self._open, default=event.stream_id)
        stream, other = self._open.get(event.stream_id), self._open.get(latest)
        if stream is None or other is None or stream is other:
            super()._content(event)
            return
        stream.exchange, own = other.exchange, stream.exchange
        super()._content(event)
        stream.exchange = own


DEFECT = Defect(
    name="streams-mixed-up",
    title="DATA is given to the stream that was opened last",
    requirements=("SUITE-INTEGRITY-CROSS-UPLOAD",),
    drafts=(9, 3),
    difficulty=Difficulty.RACE,
    override=_StreamsMixedUp,
    transport=Transport.H2,
)
