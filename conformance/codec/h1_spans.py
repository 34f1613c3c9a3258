"""Where HTTP/1 messages begin and end, told so that not one octet is lost (RFC 9112).

Whoever relays octets needs boundaries, not a reading: the octets of all spans, one after the other,
are exactly what came in. What cannot be understood is a :class:`Rest`, and everything after it too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from conformance.model.transcript import FieldLine, Framing

if TYPE_CHECKING:
    from collections.abc import Iterator

#: octets of a chunk's first line, and of a trailer section
LINE_BOUND = 4_096
TRAILER_BOUND = 65_536

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_TRAILERS_END = re.compile(rb"(?:^|\n)\r?\n")


class BadFramingError(Exception):
    """It cannot be told where a message ends.

    Attributes:
        detail: why, in words.
    """

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Content:
    """Octets of content, transfer coding removed."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class Between:
    """Octets of the transfer coding, of a trailer section, or empty lines before a message."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class MessageDone:
    """The message is complete; it has no octets of its own."""

    octets: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Octets that cannot be understood, or belong to another protocol.

    Attributes:
        octets: they; may be none.
        detail: why, in words.
    """

    octets: bytes
    detail: str


ContentSpan: TypeAlias = Content | Between | MessageDone


def framing_of(fields: tuple[FieldLine, ...], *, request: bool) -> tuple[Framing, int | None]:
    """Tell from its fields how the end of a message's content is found (RFC 9112 section 6.3).

    Returns:
        The framing, and the length if it is told.

    Raises:
        BadFramingError: the fields contradict themselves or make no sense.
    """
    codings = _values(fields, b"transfer-encoding")
    if codings:
        if codings[-1].lower() == b"chunked":
            return Framing.CHUNKED, None
        if request:
            raise BadFramingError("a request whose last transfer coding is not chunked")
        return Framing.CLOSE, None
    lengths = set(_values(fields, b"content-length"))
    if not lengths:
        return (Framing.NONE, None) if request else (Framing.CLOSE, None)
    length = lengths.pop()
    if lengths or _LENGTH.fullmatch(length) is None:
        raise BadFramingError("a Content-Length that is not one number")
    return Framing.CONTENT_LENGTH, int(length)


def _values(fields: tuple[FieldLine, ...], name: bytes) -> list[bytes]:
    found = [line.value for line in fields if line.name.lower() == name]
    return [part.strip() for value in found for part in value.split(b",")]


class _Part(Enum):
    SIZE = "size"
    DATA = "data"
    DATA_END = "data end"
    TRAILERS = "trailers"
    DONE = "done"


class ContentCutter:
    """Cuts the content of one message out of octets, however they were split.

    Attributes:
        done: the message is complete; what follows in ``rest`` belongs to the next one.
        rest: octets taken in that have not been told yet.
    """

    __slots__ = ("_framing", "_left", "_part", "done", "rest")

    def __init__(self, framing: Framing, length: int | None) -> None:
        self.done = False
        self.rest = b""
        self._framing = framing
        self._left = length or 0
        self._part = _Part.SIZE

    def feed(self, data: bytes) -> Iterator[ContentSpan]:
        """Take octets and tell what they are.

        Raises:
            BadFramingError: a chunk makes no sense; all that was not told before is in ``rest``.
        """
        self.rest += data
        match self._framing:
            case Framing.CHUNKED:
                yield from self._chunks()
            case Framing.CLOSE:
                if self.rest:
                    yield Content(self._take(len(self.rest)))
            case _:
                if self.rest and self._left:
                    yield Content(self._data())
                self.done = not self._left
        if self.done:
            yield MessageDone()

    def _take(self, count: int) -> bytes:
        octets, self.rest = self.rest[:count], self.rest[count:]
        return octets

    def _data(self) -> bytes:
        octets = self._take(self._left)
        self._left -= len(octets)
        return octets

    def _chunks(self) -> Iterator[ContentSpan]:
        while self.rest and not self.done:
            match self._part:
                case _Part.DATA:
                    yield Content(self._data())
                    if not self._left:
                        self._part = _Part.DATA_END
                    continue
                case _Part.SIZE:
                    framed = self._size()
                case _Part.DATA_END:
                    framed = self._data_end()
                case _:
                    framed = self._trailers()
            if not framed:
                return
            yield Between(framed)

    def _size(self) -> bytes:
        end = self.rest.find(b"\n") + 1
        if not end:
            if len(self.rest) > LINE_BOUND:
                raise BadFramingError("a chunk's first line has no end")
            return b""
        match = _CHUNK.fullmatch(self.rest, 0, end)
        if match is None:
            raise BadFramingError("a chunk does not begin with its size")
        self._left = int(match[1], 16)
        self._part = _Part.DATA if self._left else _Part.TRAILERS
        return self._take(end)

    def _data_end(self) -> bytes:
        line = b"\n" if self.rest[:1] == b"\n" else b"\r\n"
        if not line.startswith(self.rest[: len(line)]):
            raise BadFramingError("a chunk is longer than it says")
        if len(self.rest) < len(line):
            return b""
        self._part = _Part.SIZE
        return self._take(len(line))

    def _trailers(self) -> bytes:
        match = _TRAILERS_END.search(self.rest, 0, TRAILER_BOUND)
        if match is None:
            if len(self.rest) >= TRAILER_BOUND:
                raise BadFramingError("a trailer section has no end")
            return b""
        self.done = True
        self._part = _Part.DONE
        return self._take(match.end())
