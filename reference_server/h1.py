"""The HTTP/1.1 front end: asyncio for octets, h11 for their meaning.

Everything that has arrived is given to the core before the event loop goes on, so that an
exchange is never behind its octets. A connection survives every refusal whose content is small;
after others it is closed in a way that lets the client read the response (RFC 9112, 9.6).
"""

from __future__ import annotations

import asyncio
from enum import Enum, auto
from typing import TYPE_CHECKING

import h11

from reference_server.core.exchange import Exchange
from reference_server.core.messages import FieldLine, Response
from reference_server.core.storage import StoreError
from reference_server.h1_actions import H1Actions
from reference_server.h1_messages import (
    BadRequestError,
    encode_fields,
    read_request,
    reason,
    response_head,
)
from reference_server.transport import Timer, available, half_close, reset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reference_server.bounds import Bounds
    from reference_server.front import Begin, Connections

#: Pieces of stored content sent before other connections get their turn.
_PIECES_A_TURN = 8
#: Content from this size on goes past h11.
_DIRECT = 64 * 1024


class _Phase(Enum):
    """What the connection waits for; each phase has its own time."""

    HEAD = auto()
    CONTENT = auto()
    UNREAD = auto()  # answered, the rest of the content is dropped
    SENDING = auto()
    LINGER = auto()  # answered and half closed
    CLOSED = auto()


_READING = (_Phase.HEAD, _Phase.CONTENT, _Phase.UNREAD)


class H1Connection(asyncio.Protocol):
    """One connection.

    Args:
        begin: makes the exchange of a request.
        bounds: what the client may take.
        connections: all connections of the server; this one enters and leaves by itself.
    """

    def __init__(self, begin: Begin, bounds: Bounds, connections: Connections) -> None:
        self._begin = begin
        self._bounds = bounds
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._h11 = self._new_h11()
        self._transport: asyncio.Transport
        self._phase = _Phase.HEAD
        self._exchange = Exchange()
        self._actions: H1Actions | None = None
        self._unread: int | None = 0
        self._direct: int | None = None
        self._withheld = False
        self._without_content = False
        self._dropped = 0
        self._pieces: Iterator[bytes] | None = None
        self._can_write = True
        self._timer = Timer(self._loop, self._time_out)
        self._head_begun = False
        self._draining = False

    # What asyncio tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a request, unless there are too many connections."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport
        full = len(self._connections) >= self._bounds.connections
        self._connections.add(self)
        if full:
            self._refuse(503)
        else:
            self._timer.wait(self._bounds.idle_seconds)

    def data_received(self, data: bytes) -> None:
        """Take in octets."""
        if self._phase is _Phase.LINGER:
            self._dropped += len(data)
            if self._dropped > self._bounds.linger_octets:
                self.reset()
            return
        if self._phase is _Phase.CLOSED:
            return
        if self._phase is _Phase.CONTENT:
            self._timer.wait(self._bounds.idle_seconds)
        if self._direct:
            data = self._take_directly(data)
        if data:
            self._h11.receive_data(data)
            self._read_events()

    def eof_received(self) -> bool:
        """Take note that the client sends nothing more; what is written still goes out."""
        self._interrupt()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note of the end."""
        del exc
        self._phase = _Phase.CLOSED
        self._connections.discard(self)
        self._interrupt()
        self._timer.cancel()

    def pause_writing(self) -> None:
        """Stop sending content."""
        self._can_write = False

    def resume_writing(self) -> None:
        """Go on sending content."""
        self._can_write = True
        self._send_pieces()

    # Reading

    def _new_h11(self) -> h11.Connection:
        """Return a fresh reader and writer for the next request."""
        return h11.Connection(h11.SERVER, max_incomplete_event_size=self._bounds.head_octets)

    def _go_direct(self, length: int) -> None:
        """Take the content past h11 from now on, beginning with what came with the head."""
        self._direct = length
        early = self._h11.trailing_data[0]
        rest = self._take_directly(early) if early else b""
        if rest:
            self._h11.receive_data(rest)

    def _take_directly(self, data: bytes) -> bytes:
        """Take content of known length without h11, which would copy it; return what follows."""
        left = self._direct or 0
        self._direct = max(0, left - len(data))
        self._content(data if len(data) <= left else data[:left])
        if self._direct == 0 and self._phase in (_Phase.CONTENT, _Phase.UNREAD):
            self._end_of_content()
        return data[left:]

    def _end_of_content(self) -> None:
        try:
            self._exchange.end()
        except StoreError:
            self.reset()
            return
        self._cycle()

    def _read_events(self) -> None:
        """Handle everything that can be handled now."""
        while self._phase in _READING and not self._direct:
            if self._draining and self._phase is _Phase.HEAD:
                self._loop.call_soon(self._read_events)
                return
            try:
                event = self._h11.next_event()
            except h11.RemoteProtocolError as error:
                self._refuse(error.error_status_hint)
                return
            if event is h11.NEED_DATA or event is h11.PAUSED:
                self._note_partial_head()
                return
            self._handle(event)

    def _handle(self, event: object) -> None:
        if isinstance(event, h11.Request):
            self._request(event)
        elif isinstance(event, h11.Data):
            self._content(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage):
            self._end_of_content()

    def _note_partial_head(self) -> None:
        """Give a head that has begun its own, shorter time."""
        if self._phase is _Phase.HEAD and not self._head_begun and self._h11.trailing_data[0]:
            self._head_begun = True
            self._timer.wait(self._bounds.head_seconds)

    def _request(self, event: h11.Request) -> None:
        self._head_begun = False
        try:
            request = read_request(event, self._bounds)
        except BadRequestError as error:
            self._refuse(error.status)
            return
        self._phase = _Phase.CONTENT
        self._timer.wait(self._bounds.idle_seconds)
        self._unread = request.length
        self._without_content = request.method == "HEAD"
        self._withheld = request.expects_continue
        self._dropped = 0
        self._exchange = Exchange()
        actions = self._actions = H1Actions(self)
        exchange = self._begin(request, actions)
        if actions.live:
            self._exchange = exchange
        if request.length is not None and request.length >= _DIRECT:
            self._go_direct(request.length)

    def _content(self, data: bytes) -> None:
        self._withheld = False
        if self._unread is not None:
            self._unread -= len(data)
        if self._phase is _Phase.UNREAD:
            self._dropped += len(data)
            if self._dropped > self._bounds.unread_octets:
                self._linger()
            return
        self._exchange.content(data)

    def drain(self) -> None:
        """Read what the system has received, up to a bound; impossible under TLS.

        A request behind it has to wait: the core is about to serve another one.
        """
        self._draining = True
        for data in available(self._transport, self._bounds.drain_octets):
            self.data_received(data)
            if self._phase is not _Phase.CONTENT:
                break
        self._draining = False

    def _interrupt(self) -> None:
        """Tell the exchange that nothing more will come."""
        if self._actions is not None and self._actions.live:
            self._actions.over()
            self._exchange.interrupted()

    # Sending

    def wake_after(self, seconds: float) -> asyncio.TimerHandle:
        """Wake the current exchange after a time."""
        return self._loop.call_later(seconds, self._exchange.wake)

    def send_interim(self, status: int, fields: tuple[FieldLine, ...]) -> None:
        """Send an interim response."""
        if status == 100:
            self._withheld = False
        event = h11.InformationalResponse(
            status_code=status, headers=encode_fields(fields), reason=reason(status)
        )
        self._transport.write(self._h11.send(event) or b"")

    def send_final(self, response: Response) -> None:
        """Send the final response, then read on, send on, or close."""
        self._exchange = Exchange()
        head = self._h11.send(response_head(response, close=self._closes())) or b""
        content = b"" if self._without_content else response.content
        if isinstance(content, bytes):
            data = self._h11.send(h11.Data(data=content)) or b""
            end = self._h11.send(h11.EndOfMessage()) or b""
            self._transport.write(head + data + end)
            self._answered()
            return
        self._transport.write(head)
        self._pieces = content.pieces()
        self._phase = _Phase.SENDING
        self._transport.pause_reading()
        self._loop.call_soon(self._send_pieces)

    def _closes(self) -> bool:
        """Tell whether too much content is unread to keep the connection."""
        if not self._more_content():
            return False
        return self._withheld or (self._unread or 0) > self._bounds.unread_octets

    def _send_pieces(self) -> None:
        """Send some stored content; the rest when the client has taken it and others had a turn."""
        try:
            for _ in range(_PIECES_A_TURN):
                if self._pieces is None or not self._can_write or self._phase is not _Phase.SENDING:
                    return
                self._timer.wait(self._bounds.idle_seconds)
                self._send_piece(next(self._pieces, None))
            self._loop.call_soon(self._send_pieces)
        except (OSError, h11.LocalProtocolError):
            # The content was removed meanwhile; the client sees that the rest is missing.
            self.reset()

    def _send_piece(self, piece: bytes | None) -> None:
        if piece is not None:
            self._transport.write(self._h11.send(h11.Data(data=piece)) or b"")
            return
        self._pieces = None
        self._transport.write(self._h11.send(h11.EndOfMessage()) or b"")
        self._transport.resume_reading()
        self._answered()
        self._read_events()

    def _answered(self) -> None:
        """Go on after a final response."""
        if self._h11.our_state is h11.MUST_CLOSE or self._h11.our_state is h11.CLOSED:
            self._linger()
        elif self._more_content():
            self._phase = _Phase.UNREAD
            if self._unread != 0:
                self._timer.wait(self._bounds.unread_seconds)
        else:
            self._cycle()

    def _cycle(self) -> None:
        """Begin to wait for the next request, if this exchange is over on both sides."""
        if self._h11.our_state is not h11.DONE or self._more_content():
            return
        if self._direct is None:
            self._h11.start_next_cycle()
        else:
            self._direct = None
            self._h11 = self._new_h11()
        self._phase = _Phase.HEAD
        self._timer.wait(self._bounds.idle_seconds)

    def _more_content(self) -> bool:
        """Tell whether content of the request is still to come."""
        if self._direct is not None:
            return self._direct > 0
        return self._h11.their_state is h11.SEND_BODY

    # Ending

    def _refuse(self, status: int) -> None:
        """Answer what cannot be understood, and close."""
        self._interrupt()
        if self._h11.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            head = response_head(Response(status=status), close=True)
            head_octets = self._h11.send(head) or b""
            self._transport.write(head_octets + (self._h11.send(h11.EndOfMessage()) or b""))
        self._linger()

    def _linger(self) -> None:
        """Send FIN, then read and drop for a while, so that no reset destroys the response."""
        if self._phase in (_Phase.LINGER, _Phase.CLOSED):
            return
        self._phase = _Phase.LINGER
        self._dropped = 0
        if not half_close(self._transport):
            self._transport.close()
            return
        self._timer.wait(self._bounds.linger_seconds)

    def reset(self) -> None:
        """End the connection with RST, so that the client notices at once."""
        self._phase = _Phase.CLOSED
        self._interrupt()
        reset(self._transport)

    # Time

    def _time_out(self) -> None:
        """End what has taken too long."""
        if self._phase is _Phase.HEAD and self._head_begun:
            self._refuse(408)
        elif self._phase is _Phase.UNREAD:
            self._linger()
        elif self._phase in (_Phase.CONTENT, _Phase.SENDING):
            self.reset()
        elif self._phase is not _Phase.CLOSED:
            self._interrupt()
            self._transport.close()
