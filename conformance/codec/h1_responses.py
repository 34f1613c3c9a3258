"""Boundaries of HTTP/1 responses: octets in, spans out, nothing lost (RFC 9112).

The counterpart of :mod:`conformance.codec.h1_requests`; one :class:`ResponseSpans` takes everything
that answers one request. :mod:`conformance.codec.h1_read` reads responses to judge them, this
module only tells where they end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from conformance.codec.h1_spans import (
    BadFramingError,
    ContentCutter,
    ContentSpan,
    Rest,
    framing_of,
)
from conformance.model.transcript import Framing
from conformance.syntax.h1lint import Head, read_head

#: octets of one header section
HEAD_BOUND = 65_536

_HEAD_END = re.compile(rb"\n\r?\n")
_EMPTY = frozenset({204, 304})


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseHead:
    """A response's header section.

    Attributes:
        octets: it, the empty line included.
        head: what it says.
        interim: another response follows it.
    """

    octets: bytes
    head: Head
    interim: bool


ResponseSpan: TypeAlias = ResponseHead | ContentSpan | Rest


class ResponseSpans:
    """Cuts the interim responses and the final response to one request out of octets.

    Attributes:
        done: the final response is complete; ``rest`` belongs to the next one.
        rest: octets taken in that have not been told yet.
        lost: why nothing more is understood; empty while all is.
    """

    __slots__ = ("_content", "_method", "done", "lost", "rest")

    def __init__(self, method: str) -> None:
        self.done = False
        self.lost = ""
        self.rest = b""
        self._method = method
        self._content: ContentCutter | None = None

    def feed(self, data: bytes) -> list[ResponseSpan]:
        """Take octets and return the spans they complete, in order."""
        spans: list[ResponseSpan] = []
        self.rest += data
        while self.rest and not self.done and self._step(spans):
            pass
        return spans

    def flush(self) -> list[ResponseSpan]:
        """Return what was taken in and is no whole span: the connection has ended."""
        held = self._content.rest if self._content is not None else b""
        octets, self.rest, self.done = held + self.rest, b"", True
        return [Rest(octets=octets, detail="the connection has ended")] if octets else []

    def _step(self, spans: list[ResponseSpan]) -> bool:
        if self.lost:
            spans.append(Rest(octets=self.rest, detail=self.lost))
            self.rest = b""
            return False
        if self._content is not None:
            return self._take_content(self._content, spans)
        match = _HEAD_END.search(self.rest, 0, HEAD_BOUND)
        if match is None:
            if len(self.rest) >= HEAD_BOUND:
                self.lost = "a header section without an end"
            return bool(self.lost)
        octets, self.rest = self.rest[: match.end()], self.rest[match.end() :]
        head = read_head(octets)
        if not head.status:
            self.rest, self.lost = octets + self.rest, "what came is no HTTP/1 response"
            return True
        interim = head.status < 200 and head.status != 101
        spans.append(ResponseHead(octets=octets, head=head, interim=interim))
        return interim or self._begin_content(head, spans)

    def _begin_content(self, head: Head, spans: list[ResponseSpan]) -> bool:
        if head.status == 101 or (self._method == "CONNECT" and head.status < 300):
            self.lost = "another protocol follows"
            return True
        framing: Framing = Framing.NONE
        length: int | None = None
        if self._method != "HEAD" and head.status not in _EMPTY:
            try:
                framing, length = framing_of(head.fields, request=False)
            except BadFramingError as error:
                self.lost = error.detail
                return True
        self._content = ContentCutter(framing, length)
        return self._take_content(self._content, spans)

    def _take_content(self, content: ContentCutter, spans: list[ResponseSpan]) -> bool:
        data, self.rest = self.rest, b""
        try:
            spans.extend(content.feed(data))
        except BadFramingError as error:
            self.rest, self.lost, self._content = content.rest, error.detail, None
            return True
        if content.done:
            self.rest, self._content, self.done = content.rest, None, True
        return False
