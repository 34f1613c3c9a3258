"""The queue of octets on their way to the kernel, with what each of them means."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from conformance.model.transcript import Moment, SentRange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.wire.link import Link
    from conformance.wire.sent import SentRecord

_BATCH = 262_144


class Kind(Enum):
    """What a piece is part of."""

    HEAD = "head"
    CONTENT = "content"
    RAW = "raw"
    END = "end"  # last chunk


@dataclass(slots=True, kw_only=True)
class Piece:
    """Octets of one exchange that belong together.

    Attributes:
        lead: octets of framing before the content.
        content: octets of content; what follows them is framing again.
        sent: the range of representation data the content is.
        ends: with its last octet the request is complete.
        done: told when its last octet was handed over.
        taken: octets handed over.
    """

    record: SentRecord
    kind: Kind
    octets: bytes
    lead: int = 0
    content: int = 0
    sent: SentRange | None = None
    ends: bool = False
    done: Callable[[Moment], None] | None = None
    taken: int = 0

    @property
    def content_left(self) -> int:
        """Octets of content that were not handed over."""
        return self.content - self._content_before(self.taken)

    def split(self, at: int) -> tuple[Piece, Piece]:
        """Return the first ``at`` octets and the others."""
        lead, content = min(self.lead, at), self._content_before(at)
        first, rest = self.octets[:at], self.octets[at:]
        sent, others = self._span(0, content), self._span(content, self.content)
        return (
            replace(self, octets=first, lead=lead, content=content, sent=sent),
            replace(
                self,
                octets=rest,
                lead=self.lead - lead,
                content=self.content - content,
                sent=others,
            ),
        )

    def take(self, count: int, moment: Moment) -> None:
        """Note that the next octets were handed over."""
        before, after = self.taken, self.taken + count
        self.taken = after
        record = self.record
        record.owed -= count
        match self.kind:
            case Kind.HEAD:
                record.head_taken(count, moment)
            case Kind.CONTENT:
                start, end = self._content_before(before), self._content_before(after)
                record.content_taken(end - start, self._span(start, end), moment)
                record.raw_taken(self.octets[before:after], moment)
            case Kind.RAW:
                record.raw_taken(self.octets[before:after], moment)
            case Kind.END:
                record.end_told = after == len(self.octets)
        if after == len(self.octets):
            record.end_told = record.end_told or self.ends
            if self.done is not None:
                self.done(moment)
        record.look_for_end(moment)

    def _content_before(self, position: int) -> int:
        return max(0, min(position - self.lead, self.content))

    def _span(self, start: int, end: int) -> SentRange | None:
        if self.sent is None:
            return None
        base = self.sent.start
        return SentRange(start=base + start, end=base + end, mark=self.sent.mark)


class Outbox:
    """Hands pieces over in order, as many octets in one call as there are."""

    __slots__ = ("_link", "_moment", "_queue")

    def __init__(self, link: Link, moment: Callable[[], Moment]) -> None:
        self._link = link
        self._moment = moment
        self._queue: deque[Piece] = deque()

    @property
    def empty(self) -> bool:
        """Tell whether everything was handed over."""
        return not self._queue

    def content_of(self, record: SentRecord) -> int:
        """Return the octets of a request's content that wait here."""
        return sum(piece.content_left for piece in self._queue if piece.record is record)

    def put(self, pieces: Iterable[Piece]) -> None:
        """Append pieces; they go out with the next pump."""
        self._queue.extend(pieces)

    def pump(self) -> None:
        """Hand over what the kernel takes now, and ask for room if something is left."""
        while self._queue:
            batch = self._batch()
            count = self._link.push(batch)
            if count:
                self._account(count)
            if count < len(batch):
                self._link.want_room(wanted=not self._link.broken)
                return
        self._link.want_room(wanted=False)

    def withdraw(self, record: SentRecord) -> None:
        """Take back what was not handed over for a request."""
        committed = self._link.commit()
        if committed:
            self._account(committed)
        self._queue = deque(piece for piece in self._queue if piece.record is not record)

    def _batch(self) -> bytes:
        first = self._queue[0]
        octets = first.octets[first.taken :] if first.taken else first.octets
        if len(self._queue) == 1 or len(octets) >= _BATCH:
            return octets
        parts = [octets]
        length = len(octets)
        for piece in list(self._queue)[1:]:
            parts.append(piece.octets)
            length += len(piece.octets)
            if length >= _BATCH:
                break
        return b"".join(parts)

    def _account(self, count: int) -> None:
        moment = self._moment()
        while count:
            piece = self._queue[0]
            step = min(count, len(piece.octets) - piece.taken)
            piece.take(step, moment)
            count -= step
            if piece.taken == len(piece.octets):
                self._queue.popleft()
