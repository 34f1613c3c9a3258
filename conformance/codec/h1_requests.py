"""Boundaries of HTTP/1 requests: octets in, spans out, nothing lost (RFC 9112).

Made for whoever stands between a client and a server. It judges nothing: a request that no server
should accept is cut out like any other, as long as it can be told where it ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from conformance.codec.h1_spans import (
    BadFramingError,
    Between,
    ContentCutter,
    ContentSpan,
    Rest,
    framing_of,
)
from conformance.model.transcript import FieldLine, Framing

#: octets of one header section
HEAD_BOUND = 65_536

_HEAD_END = re.compile(rb"\n\r?\n")
_EMPTY_LINES = re.compile(rb"(?:\r?\n)+")
_START = re.compile(rb"(\S+)[ \t]+(\S.*?)[ \t]+(HTTP/[0-9]\.[0-9])\r?")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHead:
    """A request's header section.

    Attributes:
        octets: it, the empty line included.
        method: method token.
        target: request target.
        version: ``HTTP/1.1`` or ``HTTP/1.0``.
        fields: field lines in order; folded lines are joined by one space.
        framing: how the end of the content is found.
        declared: octets of content, if that is told.
    """

    octets: bytes
    method: str
    target: str
    version: str
    fields: tuple[FieldLine, ...]
    framing: Framing
    declared: int | None


RequestSpan: TypeAlias = RequestHead | ContentSpan | Rest


class RequestReader:
    """Cuts the requests of one connection out of its octets.

    Attributes:
        lost: why nothing more is understood; empty while all is.
    """

    __slots__ = ("_buffer", "_content", "_searched", "lost")

    def __init__(self) -> None:
        self.lost = ""
        self._buffer = b""
        self._searched = 0
        self._content: ContentCutter | None = None

    def feed(self, data: bytes) -> list[RequestSpan]:
        """Take octets and return the spans they complete, in order."""
        spans: list[RequestSpan] = []
        if self.lost:
            return [Rest(octets=data, detail=self.lost)] if data else []
        self._buffer += data
        while self._buffer and self._step(spans):
            pass
        return spans

    def flush(self) -> list[RequestSpan]:
        """Return what was taken in and is no whole span: the connection has ended."""
        held = self._content.rest if self._content is not None else b""
        octets, self._buffer = held + self._buffer, b""
        self.lost = self.lost or "the connection has ended"
        return [Rest(octets=octets, detail=self.lost)] if octets else []

    def _step(self, spans: list[RequestSpan]) -> bool:
        if self._content is not None:
            return self._take_content(self._content, spans)
        empty = _EMPTY_LINES.match(self._buffer)
        if empty is not None:
            spans.append(Between(empty[0]))
            self._buffer, self._searched = self._buffer[empty.end() :], 0
            return True
        match = _HEAD_END.search(self._buffer, max(0, self._searched - 2), HEAD_BOUND)
        if match is None:
            self._searched = len(self._buffer)
            if len(self._buffer) >= HEAD_BOUND:
                self._give_up("a header section without an end", spans)
            return False
        try:
            head = read_request_head(self._buffer[: match.end()])
        except BadFramingError as error:
            self._give_up(error.detail, spans)
            return False
        self._buffer, self._searched = self._buffer[match.end() :], 0
        spans.append(head)
        if head.method == "CONNECT":
            self._give_up("what follows CONNECT is another protocol", spans)
            return False
        self._content = ContentCutter(head.framing, head.declared)
        return self._take_content(self._content, spans)

    def _take_content(self, content: ContentCutter, spans: list[RequestSpan]) -> bool:
        data, self._buffer = self._buffer, b""
        try:
            spans.extend(content.feed(data))
        except BadFramingError as error:
            self._buffer = content.rest
            self._give_up(error.detail, spans)
            return False
        if content.done:
            self._buffer, self._content = content.rest, None
        return content.done

    def _give_up(self, detail: str, spans: list[RequestSpan]) -> None:
        self.lost = detail
        self._content = None
        octets, self._buffer = self._buffer, b""
        spans.append(Rest(octets=octets, detail=detail))


def read_request_head(octets: bytes) -> RequestHead:
    """Read a header section, the empty line included.

    Raises:
        BadFramingError: it has no request line, or it cannot be told where the content ends.
    """
    first, _, others = octets.partition(b"\n")
    match = _START.fullmatch(first)
    if match is None:
        raise BadFramingError("what came does not begin like an HTTP/1 request")
    fields = _fields(others)
    framing, declared = framing_of(fields, request=True)
    return RequestHead(
        octets=octets,
        method=match[1].decode("latin-1"),
        target=match[2].decode("latin-1"),
        version=match[3].decode("ascii"),
        fields=fields,
        framing=framing,
        declared=declared,
    )


def _fields(octets: bytes) -> tuple[FieldLine, ...]:
    fields: list[FieldLine] = []
    for line in octets.replace(b"\r\n", b"\n").split(b"\n"):
        if line[:1] in (b" ", b"\t") and fields:
            last = fields.pop()
            fields.append(FieldLine(last.name, last.value + b" " + line.strip()))
        elif line:
            name, _, value = line.partition(b":")
            fields.append(FieldLine(name.strip(), value.strip(b" \t")))
    return tuple(fields)
