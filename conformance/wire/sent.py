"""What goes out for one exchange: the request as meant, and the record of what was handed over."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.model.transcript import CutMade, FieldLine, Framing, Moment, SentRange, SentRequest
from conformance.syntax.h2lint import VERSION

_HEAD_KEPT = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRequest:
    """A request to be sent.

    Attributes:
        method: method token; for raw octets the one found in them, so that the answer can be read.
        target: request target as sent.
        url: absolute URL the target stands for.
        version: ``HTTP/1.1``, ``HTTP/1.0`` or ``HTTP/2``.
        fields: all field lines, those of the framing included.
        framing: how content is framed on the wire.
        declared: content octets the framing promises; None if it does not say.
        at_offset: position of the content in the representation.
    """

    method: str
    target: str
    url: str
    version: str = "HTTP/1.1"
    fields: tuple[FieldLine, ...] = ()
    framing: Framing = Framing.NONE
    declared: int | None = None
    at_offset: int = 0


class SentRecord:
    """Mutable record of a request; it decides when everything promised was handed over.

    Attributes:
        handed: content octets handed over.
        owed: octets of any kind that were given to be sent and not handed over yet.
        end_asked: nothing more will be given to be sent.
        end_told: the framing's own end (last chunk, FIN, END_STREAM) was handed over.
    """

    __slots__ = (
        "_head", "_head_coded", "_head_left", "_ranges", "_raw", "content_at", "cut", "end_asked",
        "end_told", "ended_at", "handed", "head_at", "owed", "request",
    )  # fmt: skip

    def __init__(self, request: OutgoingRequest) -> None:
        self.request = request
        self.handed = 0
        self.owed = 0
        self.end_asked = False
        self.end_told = False
        self.head_at: Moment | None = None
        self.content_at: Moment | None = None
        self.ended_at: Moment | None = None
        self.cut: CutMade | None = None
        self._head = b""
        self._head_left = 0
        self._head_coded = False
        self._raw = bytearray()
        self._ranges: list[SentRange] = []

    @property
    def _raw_octets(self) -> bool:
        """Tell whether what is sent has no header section of ours."""
        return self.request.framing is Framing.RAW and self.request.version != VERSION

    @property
    def head_planned(self) -> bool:
        """Tell whether a header section was given to be sent."""
        return bool(self._head)

    def plan_head(self, octets: bytes, size: int | None = None) -> None:
        """Note the header section that is going to be sent.

        Args:
            octets: the header section, or its text where that is not what is sent.
            size: octets really sent for it, if they are others.
        """
        self._head = octets
        self._head_left = len(octets) if size is None else size
        self._head_coded = size is not None

    def head_taken(self, count: int, moment: Moment) -> None:
        """Note that octets of the header section were handed over."""
        self._head_left -= count
        if not self._head_left:
            self.head_at = moment

    def raw_taken(self, octets: bytes, moment: Moment) -> None:
        """Note that octets were handed over that stand in no frame of ours."""
        if self._raw_octets:
            self.head_at = self.head_at or moment
            if len(self._raw) < _HEAD_KEPT:
                self._raw += octets[: _HEAD_KEPT - len(self._raw)]

    def content_taken(self, count: int, sent: SentRange | None, moment: Moment) -> None:
        """Note that content octets were handed over, with the range they stand for."""
        if not count:
            return
        self.content_at = self.content_at or moment
        self.handed += count
        if sent is not None:
            last = self._ranges[-1] if self._ranges else None
            if last is not None and last.end == sent.start and last.mark == sent.mark:
                self._ranges[-1] = SentRange(start=last.start, end=sent.end, mark=sent.mark)
            else:
                self._ranges.append(sent)

    def reached(self, content: int, *, whole: bool) -> None:
        """Note that only so much of the content reached the peer."""
        self.handed = min(self.handed, content)
        left, ranges = self.handed, []
        for each in self._ranges:
            end = min(each.end, each.start + left)
            if end > each.start:
                ranges.append(SentRange(start=each.start, end=end, mark=each.mark))
            left -= max(0, end - each.start)
        self._ranges = ranges
        if not whole:
            self.ended_at = None

    def look_for_end(self, moment: Moment) -> None:
        """Set ``ended_at`` if everything the framing promised has been handed over."""
        if self.ended_at is None and self.head_at is not None and self._complete():
            self.ended_at = moment

    def _complete(self) -> bool:
        if self.request.version == VERSION:
            return self.end_told
        match self.request.framing:
            case Framing.NONE:
                return True
            case Framing.CONTENT_LENGTH if self.request.declared is not None:
                return self.handed >= self.request.declared
            case Framing.CONTENT_LENGTH | Framing.RAW:
                return self.end_asked and not self.owed
            case _:
                return self.end_told

    def _head_taken(self) -> bytes:
        if self._head_coded:
            return b"" if self._head_left else self._head
        return self._head[: len(self._head) - self._head_left]

    def freeze(self) -> SentRequest:
        """Return the record as it is now."""
        request = self.request
        raw = self._raw_octets
        head = bytes(self._raw) if raw else self._head_taken()
        return SentRequest(
            method="" if raw else request.method,
            target=request.target,
            url=request.url,
            version=request.version,
            fields=request.fields,
            head=head[:_HEAD_KEPT],
            framing=request.framing,
            declared=request.declared,
            ranges=tuple(self._ranges),
            handed=self.handed,
            head_at=self.head_at,
            content_at=self.content_at,
            ended_at=self.ended_at,
            cut=self.cut,
            at_offset=request.at_offset,
        )
