"""One HTTP/1 connection: it matches what arrives to the requests it was asked for, in order.

Whatever a peer does is recorded and never raised.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from conformance.codec.h1_read import CONTENT_BOUND, BoundReached, Malformed, ResponseReader
from conformance.model.transcript import CutHow, End, Moment
from conformance.wire.carrier import Carrier
from conformance.wire.exchange import H1Exchange

if TYPE_CHECKING:
    from conformance.wire.answer import ExchangeRecord
    from conformance.wire.endpoint import Endpoint
    from conformance.wire.recorder import Recorder
    from conformance.wire.sent import OutgoingRequest

#: octets nobody asked for that are read before the connection is left alone
_UNASKED_BOUND = 1_048_576


class H1Connection(Carrier):
    """A connection with a peer; made by :meth:`open`, which always returns one.

    See :class:`conformance.wire.carrier.Carrier` for its attributes.
    """

    def __init__(self, endpoint: Endpoint, recorder: Recorder, max_content: int) -> None:
        super().__init__(endpoint, recorder)
        self._max_content = max_content
        self._unanswered: deque[tuple[ExchangeRecord, ResponseReader]] = deque()
        self._last: ExchangeRecord | None = None
        self._spoiled = False
        self._persistent = True
        self._early = b""
        self._unasked = 0

    @classmethod
    async def open(
        cls,
        endpoint: Endpoint,
        recorder: Recorder,
        at_most: float,
        *,
        max_content: int = CONTENT_BOUND,
    ) -> H1Connection:
        """Connect, TLS included, within a number of seconds.

        Returns:
            A connection in any case; see ``usable`` and ``failure``.
        """
        self = cls(endpoint, recorder, max_content)
        await self.connect(at_most, ("http/1.1",))
        return self

    @property
    def reusable(self) -> bool:
        """Tell whether another request may follow (RFC 9112 section 9.3).

        The last exchange must have ended well on both sides, neither may have announced a close,
        and nothing may have arrived that belongs to no response.
        """
        if self.link is None or self.over:
            return False
        self.link.pull()
        unasked = self._unasked or self._early
        if not self.usable or self._unanswered or self._spoiled or unasked:
            return False
        last = self._last
        return last is None or (
            self._persistent and last.end is End.FINAL and last.ended_at is not None
        )

    def begin(self, request: OutgoingRequest) -> H1Exchange:
        """Begin an exchange; requests sent before earlier ones are answered are pipelined."""
        record = self.recorder.begin(self.record.id, request)
        early, self._early = self._early, b""
        if self.usable or early:
            reader = ResponseReader(request.method, max_content=self._max_content)
            self._unanswered.append((record, reader))
            if early:
                self.received(early)
        if self.link is None:
            record.finish(End.REFUSED, self.recorder.moment(), self.failure)
        elif not self.usable:
            if self.over:
                self._end_all(self.recorder.moment(), reset=self.record.reset, detail="")
            detail = "the connection had ended before"
            record.finish(End.CLOSED, self.recorder.moment(), detail)
        return H1Exchange(self, record)

    async def close(self) -> None:
        """Close the connection from our side; exchanges still going on stay open in the record."""
        if self.link is None:
            return
        if not self.over:
            self.link.pull()
            self.record.close("us", self.recorder.moment())
            self.link.finish_sending()
        self.record.keep_after_end(self._early)
        self._early = b""
        self.abandon()

    def cut_short(self, by: ExchangeRecord, how: CutHow) -> None:
        """Note that our interruption of one exchange ended all that were going on."""
        moment = self.recorder.moment()
        by.finish(End.CUT, moment, f"we cut it off ({how})")
        for record, _ in self._unanswered:
            record.finish(End.CUT, moment, f"exchange {by.id} on this connection was cut off")

    # What the link tells (conformance.wire.link.Sink)

    def received(self, data: bytes) -> None:
        """Take octets from the link."""
        moment = self.recorder.moment()
        while data and self._unanswered and not self._spoiled:
            record, reader = self._unanswered[0]
            for event in reader.feed(data, moment):
                record.apply(event, moment)
                if isinstance(event, Malformed | BoundReached):
                    self._spoil(event)
            data = b""
            if reader.done:
                data = reader.rest
                self._answered(record)
        if data:
            self._take_unasked(data)
        self.pulse.beat()

    def ended(self, *, reset: bool, detail: str) -> None:
        """Take the end of the connection from the link."""
        moment = self.recorder.moment()
        self.over = True
        self.record.close("peer", moment, reset=reset)
        self._end_all(moment, reset=reset, detail=detail)
        self.pulse.beat()

    def _end_all(self, moment: Moment, *, reset: bool, detail: str) -> None:
        awaited = [reader.awaits for _, reader in self._unanswered]
        if self._unanswered and not self._spoiled:
            record, reader = self._unanswered[0]
            for event in reader.end_of_stream(moment):
                record.apply(event, moment)
            if record.final_ended is None:
                record.keep_stray(reader.rest)
        for (record, _), what in zip(self._unanswered, awaited, strict=True):
            record.end_by_peer(moment, reset=reset, awaited=what, detail=detail)

    def _answered(self, record: ExchangeRecord) -> None:
        self._unanswered.popleft()
        self._last = record
        self._persistent = self._persistent and record.persists

    def _spoil(self, event: Malformed | BoundReached) -> None:
        """Give up understanding the connection; a flood is not even read any more."""
        self._spoiled = True
        moment = self.recorder.moment()
        for record, _ in list(self._unanswered)[1:]:
            record.finish(End.MALFORMED, moment, f"an earlier response: {event.detail}")
        if isinstance(event, BoundReached):
            self.stop_reading()

    def _take_unasked(self, data: bytes) -> None:
        if self._last is None:
            # Whoever speaks first may be answering a request that is about to be begun.
            self._early += data
        else:
            self.record.keep_after_end(data)
            self._last.keep_stray(data)
            self._unasked += len(data)
        if self._unasked + len(self._early) > _UNASKED_BOUND:
            self.stop_reading()
