"""The record of a run while it grows; frozen copies of it can be taken at any time."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from conformance.model.transcript import (
    FIRST_FRAMES_KEPT,
    LAST_FRAMES_KEPT,
    Connection,
    Exchange,
    Frame,
    Moment,
    Stored,
    Transcript,
)
from conformance.wire.answer import ExchangeRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.wire.sent import OutgoingRequest

_AFTER_END_KEPT = 4096


class ConnectionRecord:
    """Mutable record of a connection; see :class:`conformance.model.transcript.Connection`."""

    __slots__ = (
        "_first", "_last", "address", "after_end", "closed", "closed_by", "frames_seen", "goaway",
        "id", "opened", "reset", "tls",
    )  # fmt: skip

    def __init__(self, number: int, address: str) -> None:
        self.id = number
        self.address = address
        self.tls = ""
        self.opened: Moment | None = None
        self.closed: Moment | None = None
        self.closed_by = ""
        self.reset = False
        self.after_end = b""
        self.frames_seen = 0
        self.goaway: int | None = None
        self._first: list[Frame] = []
        self._last: deque[Frame] = deque(maxlen=LAST_FRAMES_KEPT)

    def keep_frame(self, frame: Frame) -> None:
        """Note an HTTP/2 frame."""
        self.frames_seen += 1
        if len(self._first) < FIRST_FRAMES_KEPT:
            self._first.append(frame)
        else:
            self._last.append(frame)

    def close(self, by: str, moment: Moment, *, reset: bool = False) -> None:
        """Note the end of the connection; the first one counts."""
        if self.closed is None:
            self.closed, self.closed_by, self.reset = moment, by, reset

    def keep_after_end(self, octets: bytes) -> None:
        """Note octets that came although nothing was outstanding."""
        self.after_end += octets[: _AFTER_END_KEPT - len(self.after_end)]

    def freeze(self) -> Connection:
        """Return the record as it is now."""
        return Connection(
            id=self.id,
            address=self.address,
            tls=self.tls,
            opened=self.opened,
            closed=self.closed,
            closed_by=self.closed_by,
            reset=self.reset,
            after_end=self.after_end,
            frames=(*self._first, *self._last),
            frames_seen=self.frames_seen,
            goaway=self.goaway,
        )


class Recorder:
    """Builds one transcript.

    Args:
        clock: monotonic seconds; injected so that records can be made without a real one.
    """

    __slots__ = ("_began", "_clock", "_connections", "_exchanges", "_seq", "_stored")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._seq = 0
        self._connections: list[ConnectionRecord] = []
        self._exchanges: list[ExchangeRecord] = []
        self._stored: list[Stored] = []

    def moment(self) -> Moment:
        """Return the next moment."""
        self._seq += 1
        return Moment(self._seq, self._clock() - self._began)

    def connection(self, address: str) -> ConnectionRecord:
        """Begin the record of a connection."""
        record = ConnectionRecord(len(self._connections), address)
        self._connections.append(record)
        return record

    def begin(self, connection: int, request: OutgoingRequest) -> ExchangeRecord:
        """Begin the record of an exchange."""
        record = ExchangeRecord(len(self._exchanges), connection, request)
        self._exchanges.append(record)
        return record

    def keep(self, stored: Stored) -> None:
        """Add what a read-back found."""
        self._stored.append(stored)

    def exchange(self, number: int) -> Exchange:
        """Return an exchange as it is now."""
        return self._exchanges[number].freeze()

    def transcript(self) -> Transcript:
        """Return everything as it is now; exchanges still going on end with ``open``."""
        return Transcript(
            connections=tuple(record.freeze() for record in self._connections),
            exchanges=tuple(record.freeze() for record in self._exchanges),
            stored=tuple(self._stored),
        )
