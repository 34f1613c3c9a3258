"""Cuts on the path, a thousand over HTTP/1.1 and a thousand over HTTP/2: each on its octet?

``python benchmarks/proxy_cuts.py [--tries 1000] [--seed 0]``: the proxy cuts each upload off at an
octet drawn by the seed; the server counts what came. Prints how many landed and how long one
takes; exit code 0 if all landed on the octet, with every octet before it acknowledged.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, RequestReceived, StreamReset

from conformance.faults.chosen import Chosen
from conformance.model.scenario import Cut
from conformance.model.transcript import CutHow
from conformance.model.values import Octets, Size
from conformance.proxy.service import Service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LENGTH = 300_000
PATIENCE = 10.0
STREAMS = 50  # on one connection


class Counted(asyncio.Protocol):
    """A connection at the server: how much content came, by stream (0 for HTTP/1)."""

    def __init__(self, server: Counter) -> None:
        self.server = server
        self.octets = b""
        self.seen = 0
        self.h2: H2Connection | None = None
        self.begun: dict[int, int] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Count octets, and find out which HTTP it is."""
        self.seen += len(data)
        if self.h2 is None and len(self.octets) < 1_000:
            self.octets += data
        if self.h2 is None and self.octets.startswith(b"PRI"):
            self.h2 = H2Connection(H2Configuration(client_side=False))
            self.h2.initiate_connection()
        if self.h2 is not None:
            self.frames(self.h2, data)

    def frames(self, connection: H2Connection, data: bytes) -> None:
        """Count content by stream."""
        for event in connection.receive_data(data):
            match event:
                case RequestReceived():
                    self.begun[event.stream_id] = 0
                case DataReceived():
                    self.begun[event.stream_id] += len(event.data)
                    connection.acknowledge_received_data(
                        event.flow_controlled_length, event.stream_id
                    )
                case StreamReset():
                    self.server.landed.append(self.begun.pop(event.stream_id))
                case ConnectionTerminated():
                    self.transport.close()
        self.transport.write(connection.data_to_send())

    def connection_lost(self, _exc: Exception | None) -> None:
        """Note how far an upload over HTTP/1 came."""
        if self.h2 is None:
            self.server.landed.append(self.seen - self.octets.find(b"\r\n\r\n") - 4)


class Counter:
    """What came at the server, exchange by exchange."""

    def __init__(self) -> None:
        self.landed: list[int] = []

    async def all_of(self, count: int) -> None:
        """Wait until so many uploads have ended."""
        async with asyncio.timeout(PATIENCE):
            while len(self.landed) < count:  # noqa: ASYNC110 - a benchmark may look again
                await asyncio.sleep(0.001)


async def over_h1(port: int, tries: int) -> None:
    head = b"POST /u HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % LENGTH
    for _ in range(tries):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(ConnectionError):
            writer.write(head + b"c" * LENGTH)
            async with asyncio.timeout(PATIENCE):
                await reader.read()
        writer.transport.abort()


async def over_h2(port: int, tries: int) -> None:
    for begun in range(0, tries, STREAMS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        client = H2Connection(H2Configuration(client_side=True))
        client.initiate_connection()
        for number in range(min(STREAMS, tries - begun)):
            async with asyncio.timeout(PATIENCE):
                await until_reset(reader, writer, client, 1 + 2 * number)
        writer.transport.abort()


async def until_reset(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, client: H2Connection, stream: int
) -> None:
    fields = [(":method", "POST"), (":path", "/u"), (":scheme", "http"), (":authority", "a")]
    client.send_headers(stream, [*fields, ("content-length", str(LENGTH))])
    sent = 0
    while True:
        room = min(client.local_flow_control_window(stream), 16_384, LENGTH - sent)
        if room:
            client.send_data(stream, b"c" * room)
            sent += room
        writer.write(client.data_to_send())
        if room and sent < LENGTH:
            continue
        for event in client.receive_data(await reader.read(65_536)):
            if isinstance(event, StreamReset):
                return


@contextlib.asynccontextmanager
async def path(places: list[int]) -> AsyncIterator[tuple[Service, Counter, int]]:
    """Run a server and a proxy that cuts each exchange at its place."""
    left, counter = iter(places), Counter()

    def choose(_peer: str, _method: str, _target: str) -> Chosen:
        after = Size(((1, Octets(next(left))),))
        return Chosen(cut=Cut(how=CutHow.RESET, after=after, wait_for=None), faults=(1,))

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Counted(counter), "127.0.0.1", 0)
    upstream = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with tempfile.TemporaryDirectory() as folder:
        async with Service(Path(folder), choose, lambda _passage: None) as service:
            yield service, counter, await service.listen(upstream, "127.0.0.1")
    server.close()


async def measure(transport: str, tries: int, seed: str) -> bool:
    places = [Random(f"{seed}/{transport}/{n}").randrange(LENGTH + 1) for n in range(tries)]
    async with path(places) as (service, counter, port):
        began = time.monotonic()
        await (over_h1 if transport == "h1" else over_h2)(port, tries)
        await counter.all_of(tries)
        seconds = time.monotonic() - began
        cuts = [side.cut for side in service.journal.server]
    landed = sum(place == came for place, came in zip(places, counter.landed, strict=True))
    sure = sum(
        cut is not None and cut.acknowledged == place
        for place, cut in zip(places, cuts, strict=True)
    )
    print(
        f"{transport}: {landed} of {tries} cuts on their octet, {sure} acknowledged to it, "
        f"{1000 * seconds / tries:.1f} ms each"
    )
    return landed == sure == tries


async def run(tries: int, seed: str) -> int:
    return 0 if all([await measure(each, tries, seed) for each in ("h1", "h2")]) else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=1000)
    parser.add_argument("--seed", default="0")
    chosen = parser.parse_args()
    return asyncio.run(run(chosen.tries, chosen.seed))


if __name__ == "__main__":
    sys.exit(main())
