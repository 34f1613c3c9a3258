"""What exchanges of every HTTP version have in common: waiting for what the peer does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from conformance.faults.points import first_reached
from conformance.model.transcript import End, Exchange, Moment

if TYPE_CHECKING:
    from collections.abc import Collection

    from conformance.model.scenario import Point
    from conformance.wire.answer import ExchangeRecord
    from conformance.wire.carrier import Carrier


class Live(ABC):
    """An exchange that goes on.

    Attributes:
        record: what is recorded of it.
    """

    __slots__ = ("_connection", "record")

    def __init__(self, connection: Carrier, record: ExchangeRecord) -> None:
        self.record = record
        self._connection = connection

    @property
    def id(self) -> int:
        """Number within the transcript."""
        return self.record.id

    @property
    def local(self) -> str:
        """Our own address as ``host:port``; empty if there is no connection."""
        link = self._connection.link
        return "" if link is None else link.local

    def moment(self) -> Moment:
        """Return the next moment of the record."""
        return self._connection.recorder.moment()

    async def settle(self, at_most: float = 1.0) -> None:
        """Wait until an end that the peer has made has arrived, and take in all before it."""
        connection = self._connection
        await connection.pulse.until(lambda: self.ended or connection.over, at_most)
        if connection.link is not None:
            connection.link.pull()

    def end_by_us(self, *, reset: bool) -> None:
        """Note that the end of the connection, if it has ended, was our doing."""
        record = self._connection.record
        if record.closed is not None:
            record.closed_by, record.reset = "us", reset

    @property
    def ended(self) -> bool:
        """Tell whether the exchange has ended, in whatever way."""
        return self.record.end is not End.OPEN

    def snapshot(self) -> Exchange:
        """Return the record as it is now."""
        return self.record.freeze()

    @abstractmethod
    def stage(self) -> None:
        """Queue what is held back; it goes out with the next :meth:`flush`."""

    def flush(self) -> Moment:
        """Hand over what is queued, in one call to the kernel; return when that was."""
        if self._connection.outbox is not None and self._connection.usable:
            self._connection.outbox.pump()
        return self._connection.recorder.moment()

    def release_now(self) -> Moment:
        """Let go of what is held back, in one call to the kernel; return when that was."""
        self.stage()
        return self.flush()

    async def wait(self, points: Collection[Point], at_most: float) -> Point | None:
        """Wait for the first of some events; None if the exchange or the time ended before."""
        record, connection = self.record, self._connection

        def come() -> bool:
            return first_reached(points, record) is not None or self.ended or connection.over

        await connection.pulse.until(come, at_most)
        return first_reached(points, record)

    async def finish(self, at_most: float) -> Exchange:
        """Wait for the end of the exchange; after the deadline it has ended by that."""
        connection, record = self._connection, self.record
        if not await connection.pulse.until(lambda: self.ended or connection.over, at_most):
            record.finish(End.DEADLINE, connection.recorder.moment(), self._overdue(at_most))
        return record.freeze()

    async def linger(self, seconds: float) -> None:
        """Keep recording for some time, or until the connection ends."""
        connection = self._connection
        await connection.pulse.until(lambda: connection.over, seconds)

    def _overdue(self, at_most: float) -> str:
        if self.record.final is not None:
            return f"the final response was not complete within {at_most:.1f} s"
        if self.record.interims_seen:
            return f"no final response within {at_most:.1f} s"
        return f"no octet within {at_most:.1f} s"
