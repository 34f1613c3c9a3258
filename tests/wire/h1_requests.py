"""Plain requests over HTTP/1.1, responses to them and a connection to a scripted peer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.model.transcript import FieldLine, Framing
from conformance.wire import H1Connection, OutgoingRequest, Recorder, reach

if TYPE_CHECKING:
    from tests.wire.conftest import Peer

I100 = b"HTTP/1.1 100 Continue\r\n\r\n"
I104 = b"HTTP/1.1 104 Upload Resumption Supported\r\nLocation: /u\r\n\r\n"
F201 = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"


def post(
    length: int | None = 10,
    framing: Framing = Framing.CONTENT_LENGTH,
    *,
    url: str = "http://h/f",
) -> OutgoingRequest:
    """Make a request with content, as long as it declares; without a length it declares none."""
    fields = [FieldLine(b"Host", b"h")]
    if framing is Framing.CHUNKED:
        fields.append(FieldLine(b"Transfer-Encoding", b"chunked"))
    elif length is not None:
        fields.append(FieldLine(b"Content-Length", b"%d" % length))
    return OutgoingRequest(
        method="POST",
        target="/f",
        url=url,
        fields=tuple(fields),
        framing=framing,
        declared=length,
    )


def get(method: str = "GET", *fields: FieldLine, version: str = "HTTP/1.1") -> OutgoingRequest:
    """Make a request without content."""
    fields = (FieldLine(b"Host", b"h"), *fields)
    return OutgoingRequest(
        method=method, target="/f", url="http://h/f", fields=fields, version=version
    )


async def connected(peer: Peer, recorder: Recorder) -> H1Connection:
    """Open a connection to a peer."""
    return await H1Connection.open(await reach("127.0.0.1", peer.port), recorder, 5)
