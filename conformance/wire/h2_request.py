"""A request as HTTP/2 has it: pseudo-fields, lower-case names, nothing about connections."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.model.transcript import FieldLine, Framing
from conformance.syntax.h2lint import VERSION

if TYPE_CHECKING:
    from conformance.wire.sent import OutgoingRequest

#: fields that are about one connection of HTTP/1 (RFC 9113 section 8.2.2), and what replaces Host
_DROPPED = frozenset(
    {
        b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade",
        b"http2-settings", b"host",
    }
)  # fmt: skip


def translate(request: OutgoingRequest) -> OutgoingRequest:
    """Return a request as it is sent on a stream; its pseudo-fields come first.

    A Content-Length beside chunked framing is dropped with it: without chunks it would promise
    what the request does not mean to promise.
    """
    nominated = _nominated(request)
    lines = [
        FieldLine(line.name.lower(), line.value)
        for line in request.fields
        if line.name.lower() not in nominated and not _superseded(line, request)
    ]
    return replace(request, version=VERSION, fields=(*_pseudo(request), *lines))


def pairs(lines: tuple[FieldLine, ...]) -> tuple[tuple[bytes, bytes], ...]:
    """Return field lines as names and values."""
    return tuple((line.name, line.value) for line in lines)


def _nominated(request: OutgoingRequest) -> frozenset[bytes]:
    """Return the fields to drop, those that Connection names included."""
    options = {
        option.strip().lower()
        for line in request.fields
        if line.name.lower() == b"connection"
        for option in line.value.split(b",")
    }
    return _DROPPED | frozenset(options)


def _superseded(line: FieldLine, request: OutgoingRequest) -> bool:
    name = line.name.lower()
    if name == b"te":
        return line.value.lower() != b"trailers"
    return name == b"content-length" and request.framing is Framing.CHUNKED


def _pseudo(request: OutgoingRequest) -> list[FieldLine]:
    scheme, _, rest = request.url.partition("://")
    authority, slash, path = rest.partition("/")
    hosts = [line.value for line in request.fields if line.name.lower() == b"host"]
    host = hosts[0] if hosts else _octets(authority)
    if request.method == "CONNECT":
        return [FieldLine(b":method", b"CONNECT"), FieldLine(b":authority", host)]
    target = request.target
    if "://" in target:  # absolute form
        target = slash + path or "/"
    return [
        FieldLine(b":method", _octets(request.method)),
        FieldLine(b":scheme", _octets(scheme)),
        FieldLine(b":authority", host),
        FieldLine(b":path", _octets(target)),
    ]


def _octets(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()
