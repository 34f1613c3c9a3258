"""The suite's own client making one large upload: generated content, recorded as it is sent."""

from __future__ import annotations

import argparse
import asyncio
import json
import time

from conformance.model.content import Content
from conformance.model.transcript import FieldLine, Framing, SentRange
from conformance.wire import OutgoingRequest, Recorder, open_connection, reach

_PIECE = 256 * 1024
_PATIENCE = 60.0


def _request(port: int, size: int, draft: str) -> OutgoingRequest:
    fields = {
        "Host": f"127.0.0.1:{port}",
        "Content-Length": str(size),
        "Upload-Complete": "?1",
        "Upload-Draft-Interop-Version": draft,
    }
    return OutgoingRequest(
        method="POST",
        target="/",
        url=f"http://127.0.0.1:{port}/",
        fields=tuple(FieldLine(a.encode(), b.encode()) for a, b in fields.items()),
        framing=Framing.CONTENT_LENGTH,
        declared=size,
    )


async def upload(port: int, size: int, draft: str, http: str) -> dict[str, float]:
    """Upload so many octets; return seconds and status."""
    content = Content(seed="benchmark", size=size)
    endpoint = await reach("127.0.0.1", port, tls=None, server_name="", at_most=_PATIENCE)
    connection = await open_connection(http, endpoint, Recorder(), _PATIENCE)
    began = time.monotonic()
    exchange = connection.begin(_request(port, size, draft))
    await exchange.send_head()
    for start in range(0, size, _PIECE):
        end = min(start + _PIECE, size)
        await exchange.send(content.slice(start, end), SentRange(start=start, end=end))
    await exchange.end_content()
    done = await exchange.finish(_PATIENCE)
    await connection.close()
    status = done.final.status if done.final is not None else 0
    return {"seconds": time.monotonic() - began, "status": status}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("size", type=int)
    parser.add_argument("--draft", required=True)
    parser.add_argument("--http", required=True, choices=("h1", "h2"))
    read = parser.parse_args()
    print(json.dumps(asyncio.run(upload(read.port, read.size, read.draft, read.http))))


if __name__ == "__main__":
    main()
