"""Writing HTTP/1 messages (RFC 9112), exactly as told.

A tester must be able to send what no library would, so nothing is checked, added or corrected here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.model.transcript import FieldLine


def request_head(method: str, target: str, version: str, fields: Iterable[FieldLine]) -> bytes:
    """Return a request's header section; text is written as ISO 8859-1, or UTF-8 beyond it."""
    return head(b" ".join((_octets(method), _octets(target), _octets(version))), fields)


def response_head(version: str, status: int, reason: bytes, fields: Iterable[FieldLine]) -> bytes:
    """Return a response's header section."""
    return head(b"%b %d %b" % (_octets(version), status, reason), fields)


def head(start_line: bytes, fields: Iterable[FieldLine]) -> bytes:
    """Return a start line (without its line end), field lines and the empty line."""
    lines = [start_line]
    lines += [line.name + b": " + line.value for line in fields]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def chunk_lead(length: int) -> bytes:
    """Return what stands before the data of a chunk of that many octets."""
    return b"%x\r\n" % length


def chunk(data: bytes) -> bytes:
    """Return a chunk; an empty one would end the content, so no data gives no octets."""
    return b"".join((chunk_lead(len(data)), data, b"\r\n")) if data else b""


def last_chunk(trailers: Iterable[FieldLine] = ()) -> bytes:
    """Return the terminating chunk with a trailer section."""
    return head(b"0", trailers)


def _octets(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()
