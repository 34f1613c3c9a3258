"""Reading the responses on one HTTP/2 stream: field blocks and content in, events out.

It makes the same events as the reader for HTTP/1, so that whoever records them need not know the
version. What a lenient client would live with becomes a lint; what no client can understand, or
must not accept, ends the reading as malformed (RFC 9113 section 8.1.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.codec.h1_read import (
    CONTENT_BOUND,
    BoundReached,
    ContentPiece,
    FinalHead,
    InterimHead,
    Malformed,
    MessageEnd,
    ReadEvent,
)
from conformance.codec.interims import InterimCount
from conformance.syntax.h2lint import head_text, lint_content, read_head, read_trailers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.model.transcript import FieldLine, Lint, Moment
    from conformance.syntax.h1lint import Head


class StreamReader:
    """Reads the interim responses and the final response on one stream.

    Attributes:
        ended: the peer's side of the stream is over: END_STREAM or RST_STREAM came.
        failed: reading had to stop; the stream is of no use any more.
        abandoned: we have reset the stream; what still comes on it does not count.
    """

    __slots__ = (
        "_content_left", "_final", "_interims", "_method", "_received",
        "abandoned", "ended", "failed",
    )  # fmt: skip

    def __init__(self, method: str, *, max_content: int = CONTENT_BOUND) -> None:
        self.ended = False
        self.failed = False
        self.abandoned = False
        self._method = method
        self._final: Head | None = None
        self._received = 0
        self._content_left = max_content
        self._interims = InterimCount()

    @property
    def headed(self) -> bool:
        """Tell whether the head of the final response has arrived."""
        return self._final is not None

    @property
    def awaits(self) -> str:
        """Say in words what is missing."""
        return "a response" if self._final is None else "the end of the content"

    def block(
        self,
        fields: Sequence[tuple[bytes, bytes]],
        *,
        end_stream: bool,
        began: Moment,
        moment: Moment,
    ) -> list[ReadEvent]:
        """Take a decoded field block; return what it brings."""
        events: list[ReadEvent] = []
        self.ended = self.ended or end_stream
        if self._final is not None:
            trailers, lints = read_trailers(fields, end_stream=end_stream)
            if end_stream:
                self._end(moment, events, trailers, lints)
            else:
                self._malformed("a second header section does not end the stream", events, lints)
            return events
        head, octets = read_head(fields, end_stream=end_stream), head_text(fields)
        if 100 <= head.status <= 199:
            events.append(InterimHead(head=head, octets=octets, began=began, at=moment))
            if end_stream:
                self._malformed(f"the {head.status} response ends the stream", events)
            else:
                too_many = self._interims.take(len(octets))
                if too_many:
                    self._exceeded(too_many, events)
            return events
        if not head.status:
            self._malformed("; ".join(lint.detail for lint in head.lints), events, head.lints)
            return events
        self._final = head
        events.append(FinalHead(head=head, octets=octets, began=began, at=moment))
        if end_stream:
            self._end(moment, events)
        return events

    def data(self, octets: bytes, *, end_stream: bool, moment: Moment) -> list[ReadEvent]:
        """Take the content of a DATA frame, padding removed; return what it brings."""
        events: list[ReadEvent] = []
        self.ended = self.ended or end_stream
        if self._final is None:
            self._malformed("a DATA frame comes before the final response's head", events)
            return events
        self._received += len(octets)
        if self._received > self._content_left:
            self._exceeded("more content than is accepted", events)
            return events
        if octets:
            events.append(ContentPiece(data=octets))
        if end_stream:
            self._end(moment, events)
        return events

    def _end(
        self,
        moment: Moment,
        events: list[ReadEvent],
        trailers: tuple[FieldLine, ...] = (),
        lints: tuple[Lint, ...] = (),
    ) -> None:
        assert self._final is not None  # noqa: S101 - there is no end before a head
        found = lint_content(self._final, self._method, self._received)
        if found and found[0].rule == "content-length-mismatch":
            self._malformed(found[0].detail, events, (*lints, *found))
            return
        events.append(MessageEnd(trailers=trailers, at=moment, lints=(*lints, *found)))

    def _malformed(
        self, detail: str, events: list[ReadEvent], lints: tuple[Lint, ...] = ()
    ) -> None:
        self.failed = True
        events.append(Malformed(detail=detail, lints=lints))

    def _exceeded(self, detail: str, events: list[ReadEvent]) -> None:
        self.failed = True
        events.append(BoundReached(detail=detail))
