"""Servers in a loop of their own, and connections to them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reference_server.bounds import Bounds
from reference_server.serve import Configuration, RunningServer, start
from tests.reference_server.h1_client import Client
from tests.reference_server.h2_peer import Peer
from tests.reference_server.loopback import SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Servers:
    """An event loop in a thread that runs servers; nothing may go wrong in it unseen."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.faults: list[dict[str, Any]] = []
        self.loop.set_exception_handler(lambda loop, context: self.faults.append(context))
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.servers: list[RunningServer] = []
        self.sockets: list[socket.socket] = []

    def start(self, configuration: Configuration | None = None, **bounds: float) -> RunningServer:
        """Start a server."""
        chosen = configuration or Configuration()
        chosen = replace(chosen, bounds=replace(Bounds(), **bounds))  # type: ignore[arg-type]
        future = asyncio.run_coroutine_threadsafe(start(chosen), self.loop)
        server = future.result(SECONDS)
        self.servers.append(server)
        return server

    def connect(self, server: RunningServer, host: str = "127.0.0.1") -> socket.socket:
        """Open a connection on which everything goes out as soon as it is sent."""
        made = socket.create_connection((host, server.port), timeout=SECONDS)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sockets.append(made)
        return made

    def h1(self, server: RunningServer, host: str = "127.0.0.1") -> Client:
        """Open an HTTP/1.1 connection."""
        return Client(self.connect(server, host))

    def open(self, server: RunningServer, *, begin: bool = True, **settings: int) -> Peer:
        """Open an HTTP/2 connection."""
        return Peer(self.connect(server), begin=begin, **settings)

    def call(self, what: Callable[[], Any]) -> None:
        """Run something in the loop."""

        async def run() -> None:
            what()

        asyncio.run_coroutine_threadsafe(run(), self.loop).result(SECONDS)

    @contextlib.contextmanager
    def halted(self) -> Iterator[None]:
        """Hold the loop while the test sends things that shall arrive at once."""
        released = threading.Event()
        self.loop.call_soon_threadsafe(released.wait, SECONDS)
        try:
            yield
            time.sleep(0.05)  # lets loopback deliver
        finally:
            released.set()

    async def _end(self, server: RunningServer) -> None:
        for _ in range(6):  # whoever has come is let in before the door is closed
            await asyncio.sleep(0)
        await server.close()

    def close(self) -> None:
        """Close everything."""
        for each in self.sockets:
            each.close()
        for server in self.servers:
            asyncio.run_coroutine_threadsafe(self._end(server), self.loop).result(SECONDS)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(SECONDS)
        self.loop.close()
        assert self.faults == []
