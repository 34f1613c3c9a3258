"""The streams of an HTTP/2 connection: requests to the core, responses to the session.

A stream that is refused, overtaken or malformed is reset alone. Its window opens again only
for octets that are stored, which is how a slow store holds back its client and nobody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from h2 import events as h2_events
from h2.errors import ErrorCodes

from reference_server.core.messages import FieldLine, Response
from reference_server.core.storage import StoreError
from reference_server.h2_messages import (
    LargeRequestError,
    MalformedRequestError,
    content_size,
    final_section,
    interim_section,
    read_request,
)
from reference_server.h2_stream import H2Stream, Outgoing

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from reference_server.bounds import Bounds
    from reference_server.front import Begin
    from reference_server.h2_frames import Guard
    from reference_server.h2_session import Session
    from reference_server.h2_stream import Carrier

#: Content of a response sent before other streams and connections get their turn.
_TURN = 256 * 1024


class H2Streams:
    """The streams of one connection.

    Args:
        begin: makes the exchange of a request.
        bounds: what the client may take.
        loop: the running loop.
        session: the connection without its I/O.
        guard: budgets of the client.
        carrier: the connection.
    """

    def __init__(
        self,
        *,
        begin: Begin,
        bounds: Bounds,
        loop: asyncio.AbstractEventLoop,
        session: Session,
        guard: Guard,
        carrier: Carrier,
    ) -> None:
        self._begin = begin
        self._bounds = bounds
        self._loop = loop
        self._session = session
        self._guard = guard
        self._carrier = carrier
        self._open: dict[int, H2Stream] = {}
        self._pumping = False
        self._touched = loop.time()
        self._handlers: dict[type[h2_events.Event], Callable[..., None]] = {
            h2_events.RequestReceived: self._request,
            h2_events.DataReceived: self._content,
            h2_events.StreamEnded: self._end,
            h2_events.StreamReset: self._was_reset,
            h2_events.WindowUpdated: self._window_opened,
            h2_events.RemoteSettingsChanged: self._window_opened,
        }

    def __len__(self) -> int:
        return len(self._open)

    def __contains__(self, number: int) -> bool:
        return number in self._open

    def handle(self, event: h2_events.Event) -> None:
        """Take note of what the session has found.

        Raises:
            ConnectionEndedError: there was too much of this.
        """
        handler = self._handlers.get(type(event))
        if handler is not None:
            handler(event)

    # Requests

    def _request(self, event: h2_events.RequestReceived) -> None:
        number = event.stream_id
        stream = H2Stream(self, number, self._loop.time())
        if len(self._open) >= self._bounds.streams:
            self.reset(stream, ErrorCodes.REFUSED_STREAM)
            return
        self._open[number] = stream
        ended = event.stream_ended is not None
        try:
            request = read_request(self._session.section, self._bounds, ended=ended)
        except MalformedRequestError:
            self._malformed(stream)
            return
        except LargeRequestError:
            stream.final(Response(status=431))
            return
        stream.expected = request.length
        stream.without_content = request.method == "HEAD"
        exchange = self._begin(request, stream)
        if stream.live:
            stream.exchange = exchange

    def _content(self, event: h2_events.DataReceived) -> None:
        data = event.data or b""
        ended = event.stream_ended is not None
        if not data and not ended:
            self._guard.empty.spend()
        size = event.flow_controlled_length or 0
        self._session.arrived(size)
        stream = self._open.get(event.stream_id)
        if stream is None:
            return
        stream.touched = self._loop.time()
        if stream.expected is not None and stream.live:
            if len(data) > stream.expected:
                stream.exchange.content(data[: stream.expected])
                self._malformed(stream)
                return
            stream.expected -= len(data)
        if data:
            stream.exchange.content(data)
        stream.unacknowledged += size
        if stream.live and not ended and stream.unacknowledged >= self._bounds.window_octets // 2:
            self._session.stored(stream.number, stream.unacknowledged)
            stream.unacknowledged = 0

    def _end(self, event: h2_events.StreamEnded) -> None:
        stream = self._open.get(event.stream_id)
        if stream is None:
            return
        if stream.expected and stream.live:
            self._malformed(stream)
            return
        stream.received = True
        stream.touched = self._loop.time()
        try:
            stream.exchange.end()
        except StoreError:
            self.interrupt(stream, ErrorCodes.INTERNAL_ERROR)
        if stream.answered:
            self._forget(stream)

    def _was_reset(self, event: h2_events.StreamReset) -> None:
        stream = self._open.get(event.stream_id)
        if stream is not None:
            self._forget(stream)
            stream.interrupt()

    def _malformed(self, stream: H2Stream) -> None:
        """Reset a stream whose request is malformed; the prefix that came is kept."""
        self._guard.malformed.spend()
        self.interrupt(stream, ErrorCodes.PROTOCOL_ERROR)

    # What exchanges ask for

    def drain(self, stream: H2Stream) -> None:
        """Hand over what the system has already received for a stream."""
        self._carrier.drain(stream)

    def wake_after(self, stream: H2Stream, seconds: float) -> asyncio.TimerHandle:
        """Wake the exchange of a stream after a time."""
        return self._loop.call_later(seconds, stream.exchange.wake)

    def send_interim(self, stream: H2Stream, status: int, fields: tuple[FieldLine, ...]) -> None:
        """Send an interim response."""
        self._session.send_section(stream.number, interim_section(status, fields), ended=False)
        self._carrier.flush()

    def send_final(self, stream: H2Stream, response: Response) -> None:
        """Send the final response, its content as windows allow."""
        size = 0 if stream.without_content else content_size(response)
        self._session.send_section(stream.number, final_section(response), ended=not size)
        if size:
            content = response.content
            pieces = iter((content,)) if isinstance(content, bytes) else content.pieces()
            stream.outgoing = Outgoing(pieces, size)
            self._pump()
        else:
            self._answered(stream)
            self._carrier.flush()

    def _answered(self, stream: H2Stream) -> None:
        """Take note that the response has ended; what still comes is of no interest."""
        stream.outgoing = None
        stream.answered = True
        if stream.received:
            self._forget(stream)
        else:
            self._loop.call_later(self._bounds.stop_seconds, self._stop, stream)

    # Content of responses

    def _window_opened(self, event: h2_events.Event) -> None:
        del event
        self._pump()

    def pump(self) -> None:
        """Go on sending content."""
        self._pumping = False
        self._pump()

    def _pump(self) -> None:
        """Send content of every stream, as much as windows and the client allow."""
        sending = [stream for stream in self._open.values() if stream.outgoing is not None]
        more = [self._send_some(stream) for stream in sending]
        if any(more) and not self._pumping:
            self._pumping = True
            self._loop.call_soon(self.pump)
        self._carrier.flush()

    def _send_some(self, stream: H2Stream) -> bool:
        """Send some content of a stream; tell whether more can be sent at once."""
        turn = _TURN
        while stream.outgoing is not None and turn > 0:
            room = self._session.room(stream.number)
            if room <= 0 or not self._carrier.can_write:
                return False
            data = stream.outgoing.take(min(room, turn))
            if not data:
                self.interrupt(stream, ErrorCodes.INTERNAL_ERROR)
                return False
            turn -= len(data)
            stream.touched = self._loop.time()
            ended = not stream.outgoing.left
            self._session.send_content(stream.number, data, ended=ended)
            if ended:
                self._answered(stream)
        return stream.outgoing is not None

    # Ending

    def reset(self, stream: H2Stream, code: ErrorCodes) -> None:
        """End a stream abruptly; the connection lives on."""
        self._session.reset(stream.number, code)
        self._forget(stream)
        self._carrier.flush()

    def interrupt(self, stream: H2Stream, code: ErrorCodes) -> None:
        """End a stream abruptly and tell its exchange."""
        self.reset(stream, code)
        stream.interrupt()

    def interrupt_all(self) -> None:
        """Tell all exchanges that nothing more will come; the connection has ended."""
        streams = list(self._open.values())
        self._open.clear()
        for stream in streams:
            stream.interrupt()

    def _stop(self, stream: H2Stream) -> None:
        """Ask a client not to send what nobody reads (RFC 9113, 8.1)."""
        if stream.number in self._open:
            self.reset(stream, ErrorCodes.NO_ERROR)

    def end_idle(self, now: float) -> bool:
        """End streams without progress; tell whether nothing was asked for a long time."""
        idle = self._bounds.idle_seconds
        for stream in list(self._open.values()):
            if now - stream.touched >= idle:
                self.interrupt(stream, ErrorCodes.CANCEL)
        return not self._open and now - self._touched >= idle

    def touch(self, number: int, now: float) -> None:
        """Take note that part of a frame of a stream has come."""
        stream = self._open.get(number)
        if stream is not None:
            stream.touched = now

    def _forget(self, stream: H2Stream) -> None:
        self._open.pop(stream.number, None)
        self._touched = self._loop.time()
