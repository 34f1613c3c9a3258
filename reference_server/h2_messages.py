"""Between HTTP/2 field sections and the messages of the core: no I/O and no state."""

from __future__ import annotations

import re
from email.utils import formatdate
from typing import TYPE_CHECKING

from reference_server.core.messages import FieldLine, Fields, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reference_server.bounds import Bounds

#: A field section as octets, pseudo-fields included.
Section = list[tuple[bytes, bytes]]

_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_LOWER_CASE_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9a-z]+")
_BAD_VALUE = re.compile(rb"[\x00\r\n]|\A[ \t]|[ \t]\Z")
_PATH = re.compile(rb"/[!-~]*|\*")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_PSEUDO_FIELDS = frozenset({b":method", b":scheme", b":path", b":authority"})
#: Fields that mean something for one HTTP/1.1 connection only (RFC 9113, 8.2.2).
_CONNECTION_FIELDS = frozenset(
    {b"connection", b"proxy-connection", b"keep-alive", b"transfer-encoding", b"upgrade"}
)
_NO_CONTENT_LENGTH = (204, 304)
#: What a field line adds to the size of a section (RFC 9113, 6.5.2).
_LINE_OVERHEAD = 32


class MalformedRequestError(Exception):
    """The request is malformed (RFC 9113, 8.1.1), which is an error of its stream."""


class LargeRequestError(Exception):
    """There are too many or too large field lines."""


def read_request(section: Sequence[tuple[bytes, bytes]], bounds: Bounds, *, ended: bool) -> Request:
    """Return what the core has to know of a request.

    Args:
        section: pseudo-fields and fields as they came.
        bounds: what the client may take.
        ended: whether no content follows.

    Raises:
        MalformedRequestError: it breaks a rule for all HTTP/2 requests.
        LargeRequestError: it is larger than allowed.
    """
    pseudo, lines = _separate(section)
    for name, value in lines:
        _check_line(name, value)
    target = _read_target(pseudo)
    _check_authority(pseudo.get(b":authority"), lines)
    length = _read_length(lines)
    if ended and length:
        raise MalformedRequestError("content-length without content")
    size = sum(len(name) + len(value) + _LINE_OVERHEAD for name, value in section)
    if size > bounds.head_octets or len(lines) > bounds.field_lines:
        raise LargeRequestError
    return Request(
        method=pseudo[b":method"].decode("ascii"),
        target=target.decode("latin-1"),
        fields=Fields((name.decode("ascii"), value.decode("latin-1")) for name, value in lines),
        http_version=(2, 0),
        length=0 if ended else length,
    )


def _separate(section: Iterable[tuple[bytes, bytes]]) -> tuple[dict[bytes, bytes], Section]:
    """Separate pseudo-fields, each at most once and all in front, from the other lines."""
    pseudo: dict[bytes, bytes] = {}
    lines: Section = []
    for name, value in section:
        if not name.startswith(b":"):
            lines.append((name, value))
        elif lines or name in pseudo or name not in _PSEUDO_FIELDS:
            raise MalformedRequestError("pseudo-field repeated, unknown or behind a field")
        else:
            pseudo[name] = value
    return pseudo, lines


def _check_line(name: bytes, value: bytes) -> None:
    if not _LOWER_CASE_TOKEN.fullmatch(name) or _BAD_VALUE.search(value):
        raise MalformedRequestError("name or value with characters that are not allowed")
    if name in _CONNECTION_FIELDS or (name == b"te" and value.lower() != b"trailers"):
        raise MalformedRequestError("field of an HTTP/1.1 connection")


def _read_target(pseudo: dict[bytes, bytes]) -> bytes:
    """Return the path, or the authority for CONNECT, once the pseudo-fields are right."""
    method = pseudo.get(b":method", b"")
    if not _TOKEN.fullmatch(method):
        raise MalformedRequestError("no method")
    if method == b"CONNECT":
        if b":scheme" in pseudo or b":path" in pseudo or not pseudo.get(b":authority"):
            raise MalformedRequestError("CONNECT has an authority and nothing else")
        return pseudo[b":authority"]
    path = pseudo.get(b":path", b"")
    if not pseudo.get(b":scheme") or not _PATH.fullmatch(path):
        raise MalformedRequestError("no scheme or no path")
    return path


def _check_authority(authority: bytes | None, lines: Section) -> None:
    """Check that whatever names the host names one (RFC 9113, 8.3.1)."""
    names = {value.lower() for name, value in lines if name == b"host"}
    if authority is not None:
        names.add(authority.lower())
    if len(names) > 1:
        raise MalformedRequestError("two names for the host")


def _read_length(lines: Section) -> int | None:
    """Return the length that is announced, None if there is none."""
    values = {value for name, value in lines if name == b"content-length"}
    if not values:
        return None
    value = values.pop()
    if values or not _LENGTH.fullmatch(value):
        raise MalformedRequestError("content-length is no number or several")
    return int(value)


def interim_section(status: int, fields: tuple[FieldLine, ...]) -> Section:
    """Return the field section of an interim response."""
    lines = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in fields]
    return [(b":status", str(status).encode("ascii")), *lines]


def final_section(response: Response) -> Section:
    """Return the field section of a final response."""
    section = interim_section(response.status, response.fields)
    section.append((b"date", formatdate(usegmt=True).encode("ascii")))
    if response.status not in _NO_CONTENT_LENGTH:
        section.append((b"content-length", str(content_size(response)).encode("ascii")))
    return section


def content_size(response: Response) -> int:
    """Return the number of octets of the content of a response."""
    content = response.content
    return len(content) if isinstance(content, bytes) else content.size
