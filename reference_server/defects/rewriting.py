"""An HTTP/1.1 connection whose octets are changed on their way in or out.

A lenient parser and a careless writer are made this way: between the network and a strict one.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from reference_server.h1 import H1Connection

if TYPE_CHECKING:
    from collections.abc import Callable


_REQUEST_LINE = re.compile(rb"[A-Z]+ \S+ HTTP/1\.[01]\r")


class RewritingConnection(H1Connection):
    """A connection with two places for a fault."""

    #: a request head whose end has not arrived
    _begun = b""

    def rewrite_request(self, data: bytes) -> bytes:
        """Return what the server reads instead of the octets received."""
        return data

    def rewrite_response(self, data: bytes) -> bytes:
        """Return what is sent instead of the octets the server wrote."""
        return data

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Put the rewriting in front of the transport."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        super().connection_made(_RewritingTransport(transport, self.rewrite_response))

    def data_received(self, data: bytes) -> None:
        """Take in rewritten octets; a request head is rewritten as a whole."""
        data = self._begun + data
        self._begun = b""
        if _REQUEST_LINE.match(data) is not None and b"\r\n\r\n" not in data:
            self._begun = data
        else:
            super().data_received(self.rewrite_request(data))


def split_head(data: bytes) -> tuple[bytes, bytes]:
    """Return the request head octets begin with, empty if they begin with content, and the rest."""
    if _REQUEST_LINE.match(data) is None:
        return b"", data
    head, end, rest = data.partition(b"\r\n\r\n")
    return head, end + rest


class _RewritingTransport(asyncio.Transport):
    """Hands everything on to a transport, rewriting what is written."""

    def __init__(self, inner: asyncio.Transport, rewrite: Callable[[bytes], bytes]) -> None:
        super().__init__()
        self._inner = inner
        self._rewrite = rewrite

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._inner.get_extra_info(name, default)

    def write(self, data: Any) -> None:
        self._inner.write(self._rewrite(bytes(data)))

    def write_eof(self) -> None:
        self._inner.write_eof()

    def can_write_eof(self) -> bool:
        return self._inner.can_write_eof()

    def is_closing(self) -> bool:
        return self._inner.is_closing()

    def close(self) -> None:
        self._inner.close()

    def abort(self) -> None:
        self._inner.abort()

    def pause_reading(self) -> None:
        self._inner.pause_reading()

    def resume_reading(self) -> None:
        self._inner.resume_reading()
