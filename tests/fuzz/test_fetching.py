"""Reading back on connections that are used again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from conformance.engine.target import Target
from conformance.engine.world import Counters
from conformance.engine.worlds import world_of
from conformance.fuzz.fetching import Fetcher
from conformance.model.plan import TargetFacts


@dataclass(slots=True, kw_only=True)
class Shelf:
    """A server that answers every request with the same octets, and counts connections."""

    closes: bool = False
    connections: int = 0
    asked: int = 0
    left: asyncio.Queue[None] = field(default_factory=asyncio.Queue)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.asked += 1
                close = b"Connection: close\r\n" if self.closes else b""
                writer.write(b"HTTP/1.1 200 OK\r\n" + close + b"Content-Length: 3\r\n\r\nabc")
                if self.closes:
                    break
        except asyncio.IncompleteReadError:
            pass
        writer.close()
        await writer.wait_closed()
        self.left.put_nowait(None)


def fetched(shelf: Shelf, times: int) -> list[bytes]:
    async def run() -> list[bytes]:
        server = await asyncio.start_server(shelf.serve, "127.0.0.1", 0)
        async with server:
            authority = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
            origin, url = f"http://{authority}", f"http://{authority}/"
            fetcher = Fetcher(world_of(Target(url=url), Counters()), "h1")
            facts = TargetFacts(url=url, path="/", authority=authority, origin=origin)
            found = []
            for _ in range(times):
                exchange = await fetcher.fetch(facts, "GET", f"{url}stored", (), 5.0)
                assert exchange.final is not None
                assert exchange.final.content is not None
                found.append(exchange.final.content.octets)
            await fetcher.close()
            async with asyncio.timeout(5):
                for _ in range(shelf.connections):
                    await shelf.left.get()
        return found

    return asyncio.run(run())


def test_one_connection_serves_many_looks() -> None:
    shelf = Shelf()
    assert fetched(shelf, 5) == [b"abc"] * 5
    assert (shelf.connections, shelf.asked) == (1, 5)


def test_a_record_does_not_grow_without_end() -> None:
    shelf = Shelf()
    fetched(shelf, 130)
    assert 1 < shelf.connections < 10


@pytest.mark.parametrize("times", [1, 3])
def test_a_connection_the_target_closes_is_not_used_again(times: int) -> None:
    shelf = Shelf(closes=True)
    assert fetched(shelf, times) == [b"abc"] * times
    assert shelf.connections == times
