"""Between h11's events and the messages of the core: no I/O and no state."""

from __future__ import annotations

from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING

import h11

from reference_server.core.messages import FieldLine, Fields, Request, Response

if TYPE_CHECKING:
    from reference_server.bounds import Bounds

_NO_CONTENT_LENGTH = (204, 304)


class BadRequestError(Exception):
    """The head cannot be served; the connection has to be closed.

    Attributes:
        status: status code of the answer.
    """

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def reason(status: int) -> bytes:
    """Return the reason phrase of a status code."""
    if status == 104:
        return b"Upload Resumption Supported"
    try:
        return HTTPStatus(status).phrase.encode("ascii")
    except ValueError:
        return b""


def encode_fields(fields: tuple[FieldLine, ...]) -> list[tuple[bytes, bytes]]:
    """Return field lines as octets."""
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in fields]


def origin_form(target: str) -> str:
    """Return a request target without scheme and authority (RFC 9112, 3.2.2)."""
    scheme, separator, rest = target.partition("://")
    if not separator or not scheme.isalpha():
        return target
    _, slash, path = rest.partition("/")
    return slash + path if slash else "/"


def read_request(event: h11.Request, bounds: Bounds) -> Request:
    """Return what the core has to know of a request.

    Raises:
        BadRequestError: the head is too large, or there are two ways of framing (RFC 9112, 6.1).
    """
    lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers]
    # h11 bounds only heads that come in several pieces.
    size = len(event.target) + sum(len(name) + len(value) for name, value in lines)
    if len(lines) > bounds.field_lines or size > bounds.head_octets:
        raise BadRequestError(431)
    fields = Fields(lines)
    length: int | None = 0
    if "Transfer-Encoding" in fields:
        if "Content-Length" in fields or event.http_version < b"1.1":
            raise BadRequestError(400)
        length = None
    elif "Content-Length" in fields:
        length = int(fields.get("Content-Length") or 0)
    major, _, minor = event.http_version.decode("ascii").partition(".")
    return Request(
        method=event.method.decode("ascii"),
        target=origin_form(event.target.decode("latin-1")),
        fields=fields,
        http_version=(int(major), int(minor)),
        length=length,
    )


def response_head(response: Response, *, close: bool) -> h11.Response:
    """Return the head of a final response with its framing."""
    headers = encode_fields(response.fields)
    headers.append((b"Date", formatdate(usegmt=True).encode("ascii")))
    if response.status not in _NO_CONTENT_LENGTH:
        content = response.content
        size = len(content) if isinstance(content, bytes) else content.size
        headers.append((b"Content-Length", str(size).encode("ascii")))
    if close:
        headers.append((b"Connection", b"close"))
    return h11.Response(
        status_code=response.status, headers=headers, reason=reason(response.status)
    )
