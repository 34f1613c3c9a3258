"""Reading HTTP/1 responses: octets in, events out (RFC 9112).

One :class:`ResponseReader` reads everything that answers one request: any number of interim
responses and one final response. Header sections are cut out and linted here; h11 decides whether
they can be understood and takes the content apart. What follows the final response is left in
``rest`` and belongs to somebody else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

import h11

from conformance.codec.interims import InterimCount
from conformance.model.transcript import FieldLine, Lint, Moment
from conformance.syntax.h1lint import Head, read_head

#: octets of one header section
HEAD_BOUND = 65_536
#: octets of a final response's content
CONTENT_BOUND = 268_435_456

_HEAD_END = re.compile(rb"\n\r?\n")
_BEGINNING = b"HTTP/"
_QUOTED = re.compile(r": (?:bytearray\()?b['\"].*", re.DOTALL)
# The upgrade is offered so that h11 accepts a 101, which a peer may send without being asked.
_OFFER = [("Host", "x"), ("Connection", "upgrade"), ("Upgrade", "x")]
_ASKED = h11.Request(method="GET", target="/", headers=_OFFER)
_ASKED_HEAD = h11.Request(method="HEAD", target="/", headers=_OFFER)
_ASKED_END = h11.EndOfMessage()


@dataclass(frozen=True, slots=True, kw_only=True)
class InterimHead:
    """An interim response arrived, raw octets included."""

    head: Head
    octets: bytes
    began: Moment
    at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalHead:
    """The head of the final response arrived, raw octets included."""

    head: Head
    octets: bytes
    began: Moment
    at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentPiece:
    """Some content of the final response, transfer coding removed."""

    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEnd:
    """The final response is complete.

    Attributes:
        trailers: field lines of the trailer section.
        at: when it was complete.
        lints: deviations that show only in the end.
    """

    trailers: tuple[FieldLine, ...]
    at: Moment
    lints: tuple[Lint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """What came cannot be read as a response; nothing more is read.

    Attributes:
        detail: what is wrong, in words.
        lints: deviations that are not told with a head.
    """

    detail: str
    lints: tuple[Lint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundReached:
    """The peer sent more than is accepted; nothing more is read."""

    detail: str


ReadEvent: TypeAlias = (
    InterimHead | FinalHead | ContentPiece | MessageEnd | Malformed | BoundReached
)


class ResponseReader:
    """Reads the interim responses and the final response to one request.

    Attributes:
        done: nothing more will be read: the final response is complete, or reading had to stop.
        rest: octets that came after that.
        until_close: the end of the final response's content is the end of the connection.
    """

    __slots__ = (
        "_began", "_buffer", "_content_left", "_h11", "_in_content",
        "_interims", "_searched", "done", "rest", "until_close",
    )  # fmt: skip

    def __init__(self, method: str, *, max_content: int = CONTENT_BOUND) -> None:
        self.done = False
        self.rest = b""
        self.until_close = False
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BOUND)
        self._h11.send(_ASKED_HEAD if method == "HEAD" else _ASKED)
        self._h11.send(_ASKED_END)
        self._buffer = bytearray()
        self._searched = 0
        self._began: Moment | None = None
        self._in_content = False
        self._content_left = max_content
        self._interims = InterimCount()

    @property
    def awaits(self) -> str:
        """Say in words what is missing."""
        if self._in_content:
            return "the end of the content"
        return "the end of a header section" if self._buffer else "a response"

    def feed(self, data: bytes, moment: Moment) -> list[ReadEvent]:
        """Take octets that arrived at a moment and return what they bring, in order."""
        events: list[ReadEvent] = []
        if self.done:
            self.rest += data
        elif self._in_content:
            self._content(data, moment, events)
        else:
            self._buffer += data
            self._heads(moment, events)
        return events

    def end_of_stream(self, moment: Moment) -> list[ReadEvent]:
        """Take the end of the connection; it ends content that is delimited by it.

        A response that is cut short brings no event; see ``done`` and ``awaits``.
        """
        events: list[ReadEvent] = []
        if self.until_close and not self.done:
            self._content(b"", moment, events)
        if not self.done:
            self._stop(bytes(self._buffer))
        return events

    def _heads(self, moment: Moment, events: list[ReadEvent]) -> None:
        while not self.done and self._buffer:
            if self._began is None:
                self._began = moment
            octets = self._cut_head(events)
            if octets is None:
                return
            began, self._began, self._searched = self._began, None, 0
            head = read_head(octets)
            understood = self._understand(octets, head, events)
            if isinstance(understood, h11.Response) or head.status == 101:
                events.append(FinalHead(head=head, octets=octets, began=began, at=moment))
                self._final(understood, head, moment, events)
                return
            if understood is not None:
                events.append(InterimHead(head=head, octets=octets, began=began, at=moment))
                too_many = self._interims.take(len(octets))
                if too_many:
                    self._exceeded(too_many, events)

    def _cut_head(self, events: list[ReadEvent]) -> bytes | None:
        """Take a header section off the buffer; None while it is not complete."""
        buffer = self._buffer
        if buffer[:5] != _BEGINNING[: len(buffer)]:
            self._malformed("what came does not begin like an HTTP/1 response", events)
            return None
        match = _HEAD_END.search(buffer, max(0, self._searched - 2), HEAD_BOUND)
        if match is None:
            self._searched = len(buffer)
            if len(buffer) >= HEAD_BOUND:
                self._exceeded(f"a header section of more than {HEAD_BOUND} octets", events)
            return None
        octets = bytes(buffer[: match.end()])
        del buffer[: match.end()]
        return octets

    def _understand(
        self, octets: bytes, head: Head, events: list[ReadEvent]
    ) -> h11.InformationalResponse | h11.Response | None:
        try:
            self._h11.receive_data(octets)
            event = self._h11.next_event()
        except h11.RemoteProtocolError as error:
            self._buffer[:0] = octets
            reasons = [lint.detail for lint in head.lints] or [_words(error)]
            self._malformed("; ".join(reasons)[:500], events, head.lints)
            return None
        # h11 knows no other answer to one complete header section.
        assert isinstance(event, h11.InformationalResponse | h11.Response)  # noqa: S101
        return event

    def _final(
        self,
        understood: h11.InformationalResponse | h11.Response | None,
        head: Head,
        moment: Moment,
        events: list[ReadEvent],
    ) -> None:
        rest = bytes(self._buffer)
        self._buffer.clear()
        if not isinstance(understood, h11.Response):  # 101: another protocol follows
            events.append(MessageEnd(trailers=(), at=moment))
            self._stop(rest)
            return
        self._in_content = True
        names = {line.name.lower() for line in head.fields}
        self._content(rest, moment, events, ended=False)
        framed = b"transfer-encoding" in names or b"content-length" in names
        self.until_close = not framed and not self.done

    def _content(
        self, data: bytes, moment: Moment, events: list[ReadEvent], *, ended: bool = True
    ) -> None:
        """Let h11 take content apart; no data means the end of the connection if ``ended``."""
        try:
            if data or ended:
                self._h11.receive_data(data)
            while True:
                event = self._h11.next_event()
                if isinstance(event, h11.Data):
                    if not self._piece(bytes(event.data), events):
                        return
                    continue
                if isinstance(event, h11.EndOfMessage):
                    trailers = tuple(
                        FieldLine(bytes(name), bytes(value))
                        for name, value in event.headers.raw_items()
                    )
                    events.append(MessageEnd(trailers=trailers, at=moment))
                    self._stop(self._h11.trailing_data[0])
                return
        except h11.RemoteProtocolError as error:
            self._buffer += data[:4096]
            self._malformed(f"the content cannot be read: {_words(error)}", events)

    def _piece(self, data: bytes, events: list[ReadEvent]) -> bool:
        if len(data) > self._content_left:
            self._exceeded("more content than is accepted", events)
            return False
        self._content_left -= len(data)
        events.append(ContentPiece(data=data))
        return True

    def _malformed(
        self, detail: str, events: list[ReadEvent], lints: tuple[Lint, ...] = ()
    ) -> None:
        events.append(Malformed(detail=detail, lints=lints))
        self._stop(bytes(self._buffer))

    def _exceeded(self, detail: str, events: list[ReadEvent]) -> None:
        events.append(BoundReached(detail=detail))
        self._stop(b"")

    def _stop(self, rest: bytes) -> None:
        self.done = True
        self.rest = rest
        self._buffer.clear()


def _words(error: h11.RemoteProtocolError) -> str:
    """Return a message without the octets quoted in it, which depend on how they arrived."""
    return _QUOTED.sub("", str(error))[:200]
