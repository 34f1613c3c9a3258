"""What every HTTP version offers to those who make exchanges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from conformance.wire.connection import H1Connection
from conformance.wire.h2_connection import H2Connection

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from conformance.model.scenario import Point
    from conformance.model.transcript import CutHow, Exchange, FieldLine, Moment, SentRange
    from conformance.wire.answer import ExchangeRecord
    from conformance.wire.endpoint import Endpoint
    from conformance.wire.recorder import Recorder
    from conformance.wire.sent import OutgoingRequest

#: transports there are
TRANSPORTS = ("h1", "h2")


class WireExchange(Protocol):
    """An exchange that goes on; none of its operations raises because of what the peer does."""

    @property
    def id(self) -> int:
        """Number within the transcript."""
        ...

    @property
    def local(self) -> str:
        """Our own address as ``host:port``."""
        ...

    @property
    def record(self) -> ExchangeRecord:
        """What is recorded of it."""
        ...

    def moment(self) -> Moment:
        """Return the next moment of the record."""
        ...

    async def settle(self, at_most: float = 1.0) -> None:
        """Wait until an end that the peer has made has arrived."""

    def end_by_us(self, *, reset: bool) -> None:
        """Note that the end of the connection was our doing."""

    @property
    def ended(self) -> bool:
        """Tell whether the exchange has ended, in whatever way."""
        ...

    def snapshot(self) -> Exchange:
        """Return the record as it is now."""
        ...

    async def send_head(self, hold_back: int = 0) -> None:
        """Send the header section, but for octets at its end to hold back."""

    async def send(self, data: bytes, sent: SentRange | None = None, *, hold_back: int = 0) -> int:
        """Send content; return how many octets of it were handed over."""
        ...

    async def send_raw(self, octets: bytes) -> None:
        """Send octets as they are."""

    async def end_content(self, trailers: Iterable[FieldLine] = ()) -> None:
        """Tell the end of the content."""

    def stage(self) -> None:
        """Queue what is held back."""

    def flush(self) -> Moment:
        """Hand over what is queued on its connection; return when that was."""
        ...

    def release_now(self) -> Moment:
        """Let go of what is held back; return when that was."""
        ...

    async def wait(self, points: Collection[Point], at_most: float) -> Point | None:
        """Wait for the first of some events."""
        ...

    async def cut(self, how: CutHow, drain_at_most: float) -> None:
        """Interrupt the exchange."""

    async def finish(self, at_most: float) -> Exchange:
        """Wait for the end of the exchange."""
        ...

    async def linger(self, seconds: float) -> None:
        """Keep recording for some time."""


class WireConnection(Protocol):
    """A connection with a peer."""

    @property
    def usable(self) -> bool:
        """Tell whether requests can be sent."""
        ...

    @property
    def failure(self) -> str:
        """Return why it could not be made; empty if it was."""
        ...

    @property
    def reusable(self) -> bool:
        """Tell whether another request may follow those made so far."""
        ...

    def begin(self, request: OutgoingRequest) -> WireExchange:
        """Begin an exchange."""
        ...

    async def close(self) -> None:
        """Close the connection from our side."""


async def open_connection(
    transport: str,
    endpoint: Endpoint,
    recorder: Recorder,
    at_most: float,
    *,
    window: int | None = None,
) -> WireConnection:
    """Connect within a number of seconds; the connection is unusable if that failed.

    Args:
        transport: one of TRANSPORTS.
        endpoint: the peer.
        recorder: where it is recorded.
        at_most: seconds.
        window: for h2: octets of content the peer may send on a stream until it is reopened; None
            for windows that never matter.
    """
    if transport == "h2":
        return await H2Connection.open(endpoint, recorder, at_most, window=window)
    return await H1Connection.open(endpoint, recorder, at_most)


def release_together(exchanges: Sequence[WireExchange]) -> None:
    """Let go of what several exchanges hold back, with one write for each connection."""
    for each in exchanges:
        each.stage()
    for each in exchanges:
        each.flush()
