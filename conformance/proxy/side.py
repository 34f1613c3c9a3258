"""One side of an exchange on the path, and the record of a connection: two transcripts in all.

What came from the client and what it was told is one side; what the server was handed and what it
answered is the other. Request content is counted and hashed, not kept.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from conformance.model.transcript import (
    Connection,
    CutMade,
    End,
    Exchange,
    FieldLine,
    Framing,
    Message,
    Moment,
    ReceivedContent,
    SentRequest,
    Transcript,
)

if TYPE_CHECKING:
    from collections.abc import Callable

#: exchanges kept of one proxy, and interim responses kept of one exchange
EXCHANGES_KEPT = 10_000
INTERIMS_KEPT = 100
#: octets of header sections kept of one proxy; beyond that messages are only counted
HEADS_KEPT = 67_108_864


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as its head tells it."""

    method: str
    target: str
    version: str
    fields: tuple[FieldLine, ...]
    head: bytes
    framing: Framing
    declared: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A response as its head tells it."""

    status: int
    reason: bytes
    version: str
    fields: tuple[FieldLine, ...]
    head: bytes


class Heads:
    """What may still be kept of header sections, by all exchanges of a proxy."""

    __slots__ = ("left",)

    def __init__(self, left: int = HEADS_KEPT) -> None:
        self.left = left

    def take(self, octets: int) -> bool:
        """Tell whether so many more octets may be kept, and count them if so."""
        if octets > self.left:
            return False
        self.left -= octets
        return True


class _Tally:
    """Counts and hashes content; nothing of it is kept."""

    __slots__ = ("_digest", "length")

    def __init__(self) -> None:
        self.length = 0
        self._digest = hashlib.sha256()

    def add(self, octets: bytes) -> None:
        self.length += len(octets)
        self._digest.update(octets)

    def received(self, *, complete: bool) -> ReceivedContent:
        return ReceivedContent(
            length=self.length, octets=b"", sha256=self._digest.digest(), complete=complete
        )


class Clock:
    """Makes moments in order.

    Args:
        clock: monotonic seconds.
    """

    __slots__ = ("_began", "_clock", "_seq")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._seq = 0

    def now(self) -> float:
        """Return seconds since the beginning."""
        return self._clock() - self._began

    def moment(self) -> Moment:
        """Return the next moment."""
        self._seq += 1
        return Moment(self._seq, self.now())


@dataclass(slots=True, kw_only=True)
class Side:
    """One side of an exchange while it goes on."""

    number: int
    connection: int
    asked: Asked
    heads: Heads
    stream: int = 0
    handed: int = 0
    head_at: Moment | None = None
    content_at: Moment | None = None
    ended_at: Moment | None = None
    cut: CutMade | None = None
    end: End = End.OPEN
    ended: Moment | None = None
    detail: str = ""
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    interims: list[Message] = field(default_factory=list)
    interims_seen: int = 0
    _final: tuple[Told, Moment, int] | None = None
    _final_ended: Moment | None = None
    _content: _Tally = field(default_factory=_Tally)

    def content(self, octets: bytes, moment: Moment) -> None:
        """Note request content."""
        self.content_at = self.content_at or moment
        self.handed += len(octets)
        self.digest.update(octets)

    def interim(self, told: Told, moment: Moment) -> None:
        """Note an interim response."""
        self.interims_seen += 1
        if len(self.interims) < INTERIMS_KEPT and self.heads.take(len(told.head)):
            self.interims.append(_message(told, moment, moment, self.handed, None))

    def final_head(self, told: Told, moment: Moment) -> None:
        """Note the head of the final response."""
        if not self.heads.take(len(told.head)):
            told = replace(told, fields=(), head=b"")
        self._final = (told, moment, self.handed)

    def final_content(self, octets: bytes) -> None:
        """Note content of the final response."""
        self._content.add(octets)

    def final_end(self, moment: Moment) -> None:
        """Note the end of the final response."""
        self._final_ended = moment
        self.finish(End.FINAL, moment)

    @property
    def final_told(self) -> bool:
        """Tell whether the head of the final response has been noted."""
        return self._final is not None

    @property
    def final_whole(self) -> bool:
        """Tell whether the end of the final response has been noted."""
        return self._final_ended is not None

    def finish(self, end: End, moment: Moment, detail: str = "") -> None:
        """Note how the exchange ended; the first end counts."""
        if self.end is End.OPEN:
            self.end, self.ended, self.detail = end, moment, detail

    def freeze(self) -> Exchange:
        """Return the side as it is now."""
        final = None
        if self._final is not None:
            told, moment, sent = self._final
            final = _message(told, moment, self._final_ended, sent, self._content)
        asked = self.asked
        return Exchange(
            id=self.number,
            connection=self.connection,
            request=SentRequest(
                method=asked.method,
                target=asked.target,
                url=asked.target,
                version=asked.version,
                fields=asked.fields,
                head=asked.head,
                framing=asked.framing,
                declared=asked.declared,
                handed=self.handed,
                head_at=self.head_at,
                content_at=self.content_at,
                ended_at=self.ended_at,
                cut=self.cut,
            ),
            interims=tuple(self.interims),
            interims_seen=self.interims_seen,
            final=final,
            end=self.end,
            ended=self.ended,
            detail=self.detail,
            stream=self.stream,
        )


def _message(
    told: Told, moment: Moment, ended: Moment | None, sent: int, content: _Tally | None
) -> Message:
    return Message(
        status=told.status,
        reason=told.reason,
        version=told.version,
        fields=told.fields,
        head=told.head,
        began=moment,
        at=moment,
        ended=ended,
        content=None if content is None else content.received(complete=ended is not None),
        sent_before=sent,
    )


class Journal:
    """The record of everything that came along: connections, and exchanges with both sides.

    Attributes:
        clock: where moments come from.
        client: exchanges as the client saw them.
        server: the same as the server saw them.
        seen: exchanges in all; at most EXCHANGES_KEPT are kept.
    """

    __slots__ = ("_connections", "_heads", "client", "clock", "seen", "server")

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.client: list[Side] = []
        self.server: list[Side] = []
        self.seen = 0
        self._heads = Heads()
        self._connections: list[Connection] = []

    def connection(self, address: str, tls: str = "") -> int:
        """Begin a connection and return its number."""
        number = len(self._connections)
        if number < EXCHANGES_KEPT:
            opened = self.clock.moment()
            made = Connection(id=number, address=address, tls=tls, opened=opened)
            self._connections.append(made)
        return number

    def begin(self, connection: int, asked: Asked, stream: int = 0) -> tuple[Side, Side]:
        """Begin an exchange and return the client's and the server's side of it."""
        number, self.seen = self.seen, self.seen + 1
        client, server = (
            Side(
                number=number,
                connection=connection,
                asked=asked,
                heads=self._heads,
                stream=stream,
            )
            for _ in range(2)
        )
        if number < EXCHANGES_KEPT and self._heads.take(len(asked.head)):
            self.client.append(client)
            self.server.append(server)
        return client, server

    def transcripts(self) -> tuple[Transcript, Transcript]:
        """Return the client's and the server's transcript as they are now."""
        connections = tuple(self._connections)
        client, server = (
            Transcript(connections=connections, exchanges=tuple(side.freeze() for side in sides))
            for sides in (self.client, self.server)
        )
        return client, server
