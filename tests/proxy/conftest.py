"""Both ends of a path on loopback, in one loop, and paths without any socket."""

from __future__ import annotations

import asyncio
import contextlib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.faults.chosen import Chooser
from conformance.faults.fault import FaultPlan
from conformance.proxy.actions import Action, ToClient, ToServer
from conformance.proxy.side import Clock, Journal
from conformance.scenario.fault_plan import read_plan
from conformance.scenario.yaml_nodes import parse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from conformance.faults.chosen import Chosen
    from conformance.proxy.passage import Passage

PATIENCE = 10.0


def plan_of(text: str) -> FaultPlan:
    """Read a plan; no text is a plan of nothing."""
    return read_plan(parse(text.encode(), "plan.yaml")) if text else FaultPlan()


class Desk:
    """A path under test: its clock is set by hand."""

    def __init__(self, kind: Any, text: str = "") -> None:
        self.now = 0.0
        self.done: list[Passage] = []
        self.journal = Journal(Clock(lambda: self.now))
        chooser = Chooser(plan_of(text))
        connection = self.journal.connection("127.0.0.1:1")
        self.path = kind(self.journal, connection, chooser.choose, self.done.append)


def to_server(actions: list[Action]) -> bytes:
    return b"".join(each.octets for each in actions if isinstance(each, ToServer))


def to_client(actions: list[Action]) -> bytes:
    return b"".join(each.octets for each in actions if isinstance(each, ToClient))


class Arrived(asyncio.Protocol):
    """A connection at the server: what came, and how it ended."""

    def __init__(self, react: Callable[[Arrived], None]) -> None:
        self.octets = b""
        self.end = ""
        self.ended = asyncio.Event()
        self.transport: asyncio.Transport | None = None
        self._react = react

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.octets += data
        self._react(self)

    def eof_received(self) -> bool:
        self.end = "fin"
        self.ended.set()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.end = self.end or ("rst" if isinstance(exc, ConnectionResetError) else "lost")
        self.ended.set()

    def say(self, octets: bytes) -> None:
        assert self.transport is not None
        self.transport.write(octets)


class Server:
    """A server that keeps what came."""

    def __init__(self) -> None:
        self.connections: list[Arrived] = []
        self.react: Callable[[Arrived], None] = lambda _arrived: None
        self.port = 0

    def accept(self) -> Arrived:
        arrived = Arrived(lambda each: self.react(each))
        self.connections.append(arrived)
        return arrived


@contextlib.asynccontextmanager
async def serving(context: Any = None) -> AsyncIterator[Server]:
    server = Server()
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(server.accept, "127.0.0.1", 0, ssl=context)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        await _some_turns()  # whoever has come is let in before the door is closed
        listening.close()
        for each in server.connections:
            if each.transport is not None:
                each.transport.abort()
        await _some_turns()  # lets aborted transports go


async def _some_turns() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def proxying(
    folder: Path, text: str, upstream: str, **trust: Any
) -> AsyncIterator[tuple[Any, int]]:
    """Run a proxy with a plan; yields the service and its port."""
    pytest.importorskip("mitmproxy")
    from conformance.proxy.service import Service, Trust

    chooser = Chooser(plan_of(text))

    def choose(_peer: str, method: str, target: str) -> Chosen:
        return chooser.choose(method, target)

    service = Service(folder, choose, lambda _passage: None, Trust(**trust))
    async with service:
        yield service, await service.listen(upstream, "127.0.0.1")


def run(work: Any) -> None:
    """Run a test's coroutine within bounds."""

    async def bounded() -> None:
        async with asyncio.timeout(6 * PATIENCE):
            await work

    asyncio.run(bounded())


async def converse(port: int, octets: bytes, context: Any = None) -> tuple[bytes, str]:
    """Send octets, read to the end; returns what came and ``fin`` or ``rst``."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname="localhost" if context else None
    )
    received, end = b"", "fin"
    try:
        async with asyncio.timeout(PATIENCE):
            writer.write(octets)
            while data := await reader.read(65_536):
                received += data
    except ConnectionError:
        end = "rst"
    finally:
        writer.transport.abort()
    return received, end


@pytest.fixture
def rig() -> Any:
    """Everything above, for the tests."""
    return SimpleNamespace(
        Desk=Desk,
        to_server=to_server,
        to_client=to_client,
        serving=serving,
        proxying=proxying,
        run=run,
        converse=converse,
    )
