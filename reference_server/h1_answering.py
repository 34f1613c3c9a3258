"""The half of an HTTP/1.1 connection that answers: responses, and how the connection ends."""

from __future__ import annotations

import asyncio
from enum import Enum, auto
from typing import TYPE_CHECKING

import h11

from reference_server.core.exchange import Exchange
from reference_server.core.messages import FieldLine, Response
from reference_server.h1_messages import encode_fields, reason, response_head
from reference_server.transport import Timer, half_close, reset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reference_server.bounds import Bounds
    from reference_server.front import Begin, Connections
    from reference_server.h1_actions import H1Actions

#: Pieces of stored content sent before other connections get their turn.
_PIECES_A_TURN = 8


class Phase(Enum):
    """What the connection waits for; each phase has its own time."""

    HEAD = auto()
    CONTENT = auto()
    UNREAD = auto()  # answered, the rest of the content is dropped
    SENDING = auto()
    LINGER = auto()  # answered and half closed
    CLOSED = auto()


class H1Answering(asyncio.Protocol):
    """One connection, without what reads from it.

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
        self._phase = Phase.HEAD
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

    def _read_events(self) -> None:
        """Handle everything that can be handled now."""
        raise NotImplementedError

    def _time_out(self) -> None:
        """End what has taken too long."""
        raise NotImplementedError

    def _new_h11(self) -> h11.Connection:
        """Return a fresh reader and writer for the next request."""
        return h11.Connection(h11.SERVER, max_incomplete_event_size=self._bounds.head_octets)

    def _interrupt(self) -> None:
        """Tell the exchange that nothing more will come."""
        if self._actions is not None and self._actions.live:
            self._actions.over()
            self._exchange.interrupted()

    # Sending

    def pause_writing(self) -> None:
        """Stop sending content."""
        self._can_write = False

    def resume_writing(self) -> None:
        """Go on sending content."""
        self._can_write = True
        self._send_pieces()

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
        self._phase = Phase.SENDING
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
                if self._pieces is None or not self._can_write or self._phase is not Phase.SENDING:
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
            self._phase = Phase.UNREAD
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
        self._phase = Phase.HEAD
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
        if self._phase in (Phase.LINGER, Phase.CLOSED):
            return
        self._phase = Phase.LINGER
        self._dropped = 0
        if not half_close(self._transport):
            self._transport.close()
            return
        self._timer.wait(self._bounds.linger_seconds)

    def reset(self) -> None:
        """End the connection with RST, so that the client notices at once."""
        self._phase = Phase.CLOSED
        self._interrupt()
        reset(self._transport)
