"""Asks a server for an offset again and again: HEAD, one exchange after the other on a connection.

With ``suite`` the exchanges are made and recorded by the suite's wire client, with ``bare`` by a
loop of h11 or h2 on a stream of asyncio that looks at nothing but the status.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from typing import TYPE_CHECKING

import h11
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ResponseReceived, StreamEnded

from conformance.model.transcript import FieldLine, Framing
from conformance.wire import OutgoingRequest, Recorder, open_connection, reach

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_PATIENCE = 30.0
_READ = 65_536
_VERSION = "Upload-Draft-Interop-Version"


class Asked:
    """What is asked for.

    Attributes:
        statuses: status codes that came.
    """

    def __init__(self, port: int, path: str, draft: str) -> None:
        self.port, self.path, self.draft = port, path, draft
        self.host = f"127.0.0.1:{port}"
        self.statuses: set[int] = set()


async def bare_h1(asked: Asked, count: int) -> None:
    """Ask with h11."""
    reader, writer = await asyncio.open_connection("127.0.0.1", asked.port)
    http = h11.Connection(h11.CLIENT)
    fields = [("Host", asked.host), (_VERSION, asked.draft)]
    for _ in range(count):
        octets = http.send(h11.Request(method="HEAD", target=asked.path, headers=fields))
        writer.write((octets or b"") + (http.send(h11.EndOfMessage()) or b""))
        while True:
            event = http.next_event()
            if event is h11.NEED_DATA:
                http.receive_data(await reader.read(_READ))
            elif isinstance(event, h11.Response):
                asked.statuses.add(event.status_code)
            elif isinstance(event, h11.EndOfMessage):
                break
        http.start_next_cycle()
    writer.close()


async def bare_h2(asked: Asked, count: int) -> None:
    """Ask with h2."""
    reader, writer = await asyncio.open_connection("127.0.0.1", asked.port)
    http = H2Connection(H2Configuration(client_side=True))
    http.initiate_connection()
    fields = [
        (":method", "HEAD"), (":scheme", "http"), (":authority", asked.host),
        (":path", asked.path), (_VERSION.lower(), asked.draft),
    ]  # fmt: skip
    for _ in range(count):
        http.send_headers(http.get_next_available_stream_id(), fields, end_stream=True)
        writer.write(http.data_to_send())
        ended = False
        while not ended:
            data = await reader.read(_READ)
            assert data, "the server has closed the connection"
            for event in http.receive_data(data):
                if isinstance(event, ResponseReceived):
                    asked.statuses.add(int(dict(event.headers)[b":status"]))
                ended = ended or isinstance(event, StreamEnded)
            if octets := http.data_to_send():
                writer.write(octets)
    writer.close()


def suite(http: str) -> Callable[[Asked, int], Awaitable[None]]:
    """Return who asks with the suite's wire client."""

    async def ask(asked: Asked, count: int) -> None:
        endpoint = await reach("127.0.0.1", asked.port, tls=None, server_name="", at_most=_PATIENCE)
        connection = await open_connection(http, endpoint, Recorder(), _PATIENCE)
        fields = (("Host", asked.host), (_VERSION, asked.draft))
        request = OutgoingRequest(
            method="HEAD",
            target=asked.path,
            url=f"http://{asked.host}{asked.path}",
            fields=tuple(FieldLine(a.encode(), b.encode()) for a, b in fields),
            framing=Framing.NONE,
        )
        for _ in range(count):
            exchange = connection.begin(request)
            await exchange.send_head()
            await exchange.end_content()
            done = await exchange.finish(_PATIENCE)
            asked.statuses.add(done.final.status if done.final is not None else 0)
        await connection.close()

    return ask


async def run(
    ask: Callable[[Asked, int], Awaitable[None]], asked: Asked, count: int, connections: int
) -> float:
    """Ask on several connections at once; return exchanges per second."""
    began = time.monotonic()
    await asyncio.gather(*(ask(asked, count // connections) for _ in range(connections)))
    return count / (time.monotonic() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("--draft", required=True)
    parser.add_argument("--http", required=True, choices=("h1", "h2"))
    parser.add_argument("--client", required=True, choices=("suite", "bare"))
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--connections", type=int, required=True)
    read = parser.parse_args()
    asked = Asked(read.port, read.path, read.draft)
    bare = {"h1": bare_h1, "h2": bare_h2}[read.http]
    ask = suite(read.http) if read.client == "suite" else bare
    rate = asyncio.run(run(ask, asked, read.count, read.connections))
    print(json.dumps({"rate": rate, "statuses": sorted(asked.statuses)}))


if __name__ == "__main__":
    main()
