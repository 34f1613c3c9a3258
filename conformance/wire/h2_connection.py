"""One HTTP/2 connection: streams for exchanges, and a record of every frame on it.

Whatever a peer does is recorded and never raised.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from conformance.codec.h1_read import CONTENT_BOUND, BoundReached
from conformance.codec.h2_events import (
    Broken,
    FrameSeen,
    GoneAway,
    OnStream,
    PeerReset,
    SessionEvent,
    StrayFrame,
)
from conformance.codec.h2_frames import FRAME_HEADER, RawFrame, frames_of, shape
from conformance.codec.h2_session import H2Session
from conformance.codec.h2_write import H2Writer
from conformance.model.transcript import CutHow, End, Frame, Framing, Moment
from conformance.syntax.h2lint import VERSION
from conformance.syntax.h2names import code_name
from conformance.wire.carrier import Carrier
from conformance.wire.h2_exchange import H2Exchange
from conformance.wire.h2_request import translate
from conformance.wire.outbox import Kind, Piece
from conformance.wire.sent import OutgoingRequest, SentRecord
from conformance.wire.tls import TlsLink

if TYPE_CHECKING:
    from conformance.wire.answer import ExchangeRecord
    from conformance.wire.endpoint import Endpoint
    from conformance.wire.recorder import Recorder

_PROTOCOLS = ("h2", "http/1.1")


class H2Connection(Carrier):
    """A connection with a peer; made by :meth:`open`, which always returns one.

    See :class:`conformance.wire.carrier.Carrier` for further attributes.

    Attributes:
        session: what has arrived.
        writer: makes the frames that are sent.
    """

    def __init__(
        self, endpoint: Endpoint, recorder: Recorder, max_content: int, window: int | None
    ) -> None:
        super().__init__(endpoint, recorder)
        self.session = H2Session(window=window, max_content=max_content)
        self.writer = H2Writer(self.session)
        self._own = SentRecord(OutgoingRequest(method="", target="", url=""))
        self._open: dict[int, ExchangeRecord] = {}
        self._by_stream: dict[int, ExchangeRecord] = {}
        self._opening = True  # what answers the peer's greeting goes out with the first request

    @classmethod
    async def open(
        cls,
        endpoint: Endpoint,
        recorder: Recorder,
        at_most: float,
        *,
        max_content: int = CONTENT_BOUND,
        window: int | None = None,
    ) -> H2Connection:
        """Connect, TLS and the peer's first SETTINGS included, within a number of seconds.

        In the clear the peer is known to speak HTTP/2; under TLS it has to choose it by ALPN.

        Args:
            endpoint: the peer.
            recorder: where it is recorded.
            at_most: seconds.
            max_content: octets of a response's content that are accepted.
            window: octets of content the peer may send on a stream until it is reopened; None for
                windows that never matter.

        Returns:
            A connection in any case; see ``usable`` and ``failure``.
        """
        self = cls(endpoint, recorder, max_content, window)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + at_most
        await self.connect(at_most, _PROTOCOLS)
        if self.usable:
            try:
                await self._greet(deadline - loop.time())
            except BaseException:
                self.abandon()  # nobody else knows of it yet
                raise
        return self

    async def _greet(self, at_most: float) -> None:
        session = self.session
        if isinstance(self.link, TlsLink) and self.link.protocol != "h2":
            chosen = self.link.protocol or "nothing"
            self._refuse(f"the target does not offer HTTP/2: by ALPN it chose {chosen}")
            return
        self.put_own(session.preface())
        self.flush()
        await self.pulse.until(lambda: session.greeted or self.over, at_most)
        self._opening = False
        if session.broken:
            self._refuse(f"HTTP/2: {session.broken}")
        elif not session.greeted:
            how = "closed the connection" if self.over else "said nothing in time"
            self._refuse(f"HTTP/2: the target {how} where its SETTINGS were due")

    def _refuse(self, failure: str) -> None:
        self.failure = failure
        self.flush()
        self.record.close("us", self.recorder.moment())
        self.abandon()

    @property
    def reusable(self) -> bool:
        """Tell whether another stream may be opened; earlier ones may be going on."""
        if self.link is None or self.over:
            return False
        self.link.pull()
        return self.usable and not self.session.broken and self.session.goaway is None

    def begin(self, request: OutgoingRequest) -> H2Exchange:
        """Begin an exchange; its stream is opened with its header section.

        A request whose framing is RAW is made of frames written on purpose and left as it is.
        """
        if request.framing is Framing.RAW:
            asked = replace(request, version=VERSION)
        else:
            asked = translate(request)
        record = self.recorder.begin(self.record.id, asked)
        moment = self.recorder.moment()
        if self.failure:
            record.finish(End.REFUSED, moment, self.failure)
        elif not self.usable:
            record.finish(End.CLOSED, moment, "the connection had ended before")
        else:
            self._open[record.id] = record
        return H2Exchange(self, record)

    def adopt(self, record: ExchangeRecord, stream: int) -> None:
        """Note the stream an exchange is made on."""
        record.stream = stream
        self._by_stream[stream] = record
        self.session.follow(stream, record.sent.request.method)

    def put_own(self, octets: bytes) -> None:
        """Queue frames that belong to no exchange."""
        if octets and self.outbox is not None:
            done = partial(self.note_sent, octets, "")
            self.outbox.put((Piece(record=self._own, kind=Kind.RAW, octets=octets, done=done),))

    def flush(self) -> None:
        """Hand over what is queued, what the session wants to be sent included."""
        self.put_own(self.session.take_pending())
        if self.outbox is not None and self.link is not None and not self.link.broken:
            self.outbox.pump()

    def note_sent(self, octets: bytes, note: str, moment: Moment) -> None:
        """Record frames of ours; a note is said of the first."""
        for frame in frames_of(octets):
            self._note(frame, "sent", note or frame.words, moment)
            note = ""

    def _note(self, frame: RawFrame, direction: str, note: str, moment: Moment) -> None:
        kind, stream, flags, length = shape(frame.octets[:FRAME_HEADER])
        self.record.keep_frame(
            Frame(
                direction=direction,
                type=kind,
                stream=stream,
                flags=flags,
                length=length,
                note=note,
                at=moment,
            )
        )

    async def close(self) -> None:
        """Close the connection from our side; exchanges still going on stay open in the record."""
        if self.link is None:
            return
        if not self.over:
            self.link.pull()
        if not self.over:
            self.session.say_goodbye()
            self.flush()
            self.record.close("us", self.recorder.moment())
            self.link.finish_sending()
        self.abandon()

    def cut_short(self, by: ExchangeRecord, how: CutHow) -> None:
        """Note that our interruption of one exchange ended all that were going on."""
        moment = self.recorder.moment()
        by.finish(End.CUT, moment, f"we cut it off ({how})")
        for record in self._open.values():
            record.finish(End.CUT, moment, f"exchange {by.id} on this connection was cut off")

    def forget(self, record: ExchangeRecord) -> None:
        """Note that an exchange has ended; late news of its stream are still recorded."""
        if record.end is not End.OPEN:
            self._open.pop(record.id, None)

    # What the link tells (conformance.wire.link.Sink)

    def received(self, data: bytes) -> None:
        """Take octets from the link."""
        moment = self.recorder.moment()
        for event in self.session.feed(data, moment):
            self._take(event, moment)
        if not self._opening:
            self.flush()
        if self.session.broken:
            self.stop_reading()
        self.pulse.beat()

    def ended(self, *, reset: bool, detail: str) -> None:
        """Take the end of the connection from the link."""
        moment = self.recorder.moment()
        self.over = True
        self.record.close("peer", moment, reset=reset)
        for record in list(self._open.values()):
            record.end_by_peer(moment, reset=reset, awaited=self._awaits(record), detail=detail)
            self.forget(record)
        self.pulse.beat()

    def _awaits(self, record: ExchangeRecord) -> str:
        reader = self.session.reader(record.stream)
        return "a response" if reader is None else reader.awaits

    def _take(self, event: SessionEvent, moment: Moment) -> None:
        match event:
            case FrameSeen(frame=frame, note=note):
                self._note(frame, "received", note, moment)
            case OnStream(stream=stream, event=read):
                record = self._by_stream[stream]
                record.apply(read, moment)
                self.forget(record)
                if isinstance(read, BoundReached):
                    self._give_up(f"exchange {record.id}: {read.detail}", End.BOUND, moment)
            case PeerReset(stream=stream, code=code):
                record = self._by_stream[stream]
                record.end_by_reset(moment, code, code_name(code), self._awaits(record))
                self.forget(record)
            case StrayFrame(stream=stream, octets=octets):
                self._by_stream[stream].keep_stray(octets)
            case GoneAway(code=code, last=last):
                self.record.goaway = code
                self._turned_away(code, last, moment)
            case Broken(detail=detail, flood=flood):
                self._give_up(detail, End.BOUND if flood else End.MALFORMED, moment)

    def _turned_away(self, code: int, last: int, moment: Moment) -> None:
        """End the exchanges the peer says it has not looked at (RFC 9113 section 6.8)."""
        for record in list(self._open.values()):
            if record.stream > last:
                detail = f"the peer accepts no stream above {last}: GOAWAY {code_name(code)}"
                record.finish(End.CLOSED, moment, detail)
                self.forget(record)

    def _give_up(self, detail: str, end: End, moment: Moment) -> None:
        """End every exchange; a flood is not even read any more."""
        for record in list(self._open.values()):
            record.finish(end, moment, detail)
            self.forget(record)
        self.stop_reading()
