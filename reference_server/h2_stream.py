"""One HTTP/2 stream: what the core may do to its exchange, and where both directions stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from h2.errors import ErrorCodes

from reference_server.core.exchange import Exchange

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from reference_server.core.messages import FieldLine, Response
    from reference_server.h2_streams import H2Streams


class Carrier(Protocol):
    """What the streams ask of their connection."""

    @property
    def can_write(self) -> bool:
        """Whether the client takes what is written."""

    def flush(self) -> None:
        """Write what the session has to send, at the latest when all that arrived is handled."""

    def drain(self, stream: H2Stream) -> None:
        """Handle what the system has already received."""


class Outgoing:
    """The content of a response on its way out.

    Args:
        pieces: the content.
        size: octets altogether.

    Attributes:
        left: octets still to be taken.
    """

    __slots__ = ("_piece", "_pieces", "left")

    def __init__(self, pieces: Iterator[bytes], size: int) -> None:
        self._pieces = pieces
        self._piece = memoryview(b"")
        self.left = size

    def take(self, most: int) -> memoryview:
        """Return the next octets, at most so many; nothing if the rest was removed meanwhile."""
        while not self._piece:
            try:
                piece = next(self._pieces, None)
            except OSError:
                piece = None
            if piece is None:
                break
            self._piece = memoryview(piece)[: self.left]
        taken, self._piece = self._piece[:most], self._piece[most:]
        self.left -= len(taken)
        return taken


class H2Stream:
    """One stream; to the core it is the actions of its exchange.

    Actions have no effect once the exchange is over.

    Attributes:
        number: its identifier.
        without_content: whether the response must not have content (HEAD).
        expected: octets of content still to come, None if no length was announced.
        exchange: what takes the content; one that ignores everything once the core is done.
        live: whether the core may still act.
        received: whether the request has ended.
        answered: whether the response has ended.
        outgoing: content being sent.
        unacknowledged: octets stored for which the window was not yet opened again.
        touched: when the stream last made progress, in seconds of the loop.
    """

    __slots__ = (
        "_streams",
        "_wake",
        "answered",
        "exchange",
        "expected",
        "live",
        "number",
        "outgoing",
        "received",
        "touched",
        "unacknowledged",
        "without_content",
    )

    def __init__(self, streams: H2Streams, number: int, touched: float) -> None:
        self._streams = streams
        self._wake: asyncio.TimerHandle | None = None
        self.number = number
        self.touched = touched
        self.without_content = False
        self.expected: int | None = None
        self.exchange = Exchange()
        self.live = True
        self.received = False
        self.answered = False
        self.outgoing: Outgoing | None = None
        self.unacknowledged = 0

    # What the core does

    def interim(self, status: int, fields: tuple[FieldLine, ...]) -> None:
        """Send an interim response at once."""
        if self.live:
            self._streams.send_interim(self, status, fields)

    def final(self, response: Response) -> None:
        """Send the final response."""
        if self.live:
            self.over()
            self._streams.send_final(self, response)

    def abort(self) -> None:
        """Reset the stream; the connection lives on."""
        if self.live:
            self.over()
            self._streams.reset(self, ErrorCodes.CANCEL)

    def drain(self) -> None:
        """Hand over what the system has already received."""
        if self.live:
            self._streams.drain(self)

    def wake_after(self, seconds: float) -> None:
        """Have the exchange woken after a time."""
        if self.live:
            self._wake = self._streams.wake_after(self, seconds)

    # What the front end does

    def over(self) -> None:
        """Cut the tie between exchange and stream."""
        self.live = False
        self.exchange = Exchange()
        if self._wake is not None:
            self._wake.cancel()

    def interrupt(self) -> None:
        """Tell the exchange that nothing more will come; nothing more is sent either."""
        self.outgoing = None
        if self.live:
            exchange = self.exchange
            self.over()
            exchange.interrupted()
