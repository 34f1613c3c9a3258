"""Requests, responses and exchanges with something plain in every field a test does not name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.model.transcript import (
    End,
    Exchange,
    FieldLine,
    Framing,
    Message,
    Moment,
    SentRequest,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = Moment(1, 0.1)


def message(
    status: int, named: Mapping[str, str] | None = None, /, *, at: Moment = NOW, **more: Any
) -> Message:
    """Make a response that came all at once; underscores in field names stand for hyphens."""
    lines = tuple(
        FieldLine(name.replace("_", "-").encode(), value.encode())
        for name, value in (named or {}).items()
    )
    made = Message(
        status=status,
        reason=b"",
        version="HTTP/1.1",
        fields=lines,
        head=b"",
        began=at,
        at=at,
        ended=at,
    )
    return replace(made, **more)


def request(method: str = "POST", url: str = "http://h/files", **more: Any) -> SentRequest:
    """Make a request without content."""
    made = SentRequest(
        method=method,
        target=urlsplit(url).path,
        url=url,
        version="HTTP/1.1",
        fields=(),
        head=b"",
        framing=Framing.NONE,
        declared=None,
    )
    return replace(made, **more)


def exchange(end: End = End.FINAL, final: Message | None = None, **more: Any) -> Exchange:
    """Make the first exchange of the first connection."""
    made = Exchange(id=0, connection=0, request=request(), final=final, end=end)
    return replace(made, **more)
