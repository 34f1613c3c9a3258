"""Starting the reference server in one or several configurations."""

from __future__ import annotations

import asyncio
import hashlib
import signal
import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reference_server.bounds import Bounds
from reference_server.core.conduct import Policy
from reference_server.core.limits import Limits
from reference_server.core.server import Core
from reference_server.core.uploads import Registry
from reference_server.door import PROTOCOLS, Door
from reference_server.h1 import H1Connection
from reference_server.h2 import H2Connection
from reference_server.store.disk import DiskStore
from reference_server.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from reference_server.core.storage import Store
    from reference_server.front import Connections


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One server.

    Attributes:
        name: what it is called where several run together.
        host: name or address to listen on; a name may stand for several addresses.
        port: port to listen on; 0 for any free one.
        store: directory for uploads; None keeps them in memory.
        limits: what is announced and enforced.
        tokens: bearer tokens, one for each user; empty lets everybody in.
        tls: context for TLS; None for plain TCP.
        bounds: what one client may take.
        uploads: upload resources at a time.
        policy: the decisions.
        core: what serves requests by them.
        registry: what finds uploads.
        connection: the front end of an HTTP/1.1 connection.
        h2_connection: the front end of an HTTP/2 connection.
    """

    name: str = "server"
    host: str = "127.0.0.1"
    port: int = 0
    store: Path | None = None
    limits: Limits = field(default_factory=Limits)
    tokens: tuple[str, ...] = ()
    tls: ssl.SSLContext | None = None
    bounds: Bounds = field(default_factory=Bounds)
    uploads: int = 50_000
    policy: type[Policy] = Policy
    core: type[Core] = Core
    registry: type[Registry] = Registry
    connection: type[H1Connection] = H1Connection
    h2_connection: type[H2Connection] = H2Connection


class RunningServer:
    """A server that accepts connections.

    Attributes:
        name: name of its configuration.
        port: the port it listens on.
        core: its decisions and uploads.
        connections: the connections it has.
    """

    def __init__(
        self,
        *,
        name: str,
        port: int,
        core: Core,
        servers: Sequence[asyncio.Server],
        connections: Connections,
    ) -> None:
        self.name = name
        self.port = port
        self.core = core
        self._servers = servers
        self.connections = connections

    async def close(self) -> None:
        """Stop accepting, reset all connections, and release the port."""
        for server in self._servers:
            server.close()
        for connection in list(self.connections):
            connection.reset()
        for server in self._servers:
            await server.wait_closed()


def build_core(configuration: Configuration) -> Core:
    """Return the core of a configuration, with the uploads its store still has."""
    store: Store
    store = MemoryStore() if configuration.store is None else DiskStore(configuration.store)
    clock = time.time
    policy = configuration.policy(limits=configuration.limits, clock=clock)
    registry = configuration.registry(
        store=store,
        clock=clock,
        max_age=configuration.limits.max_age,
        capacity=configuration.uploads,
    )
    # Users are named by a digest: names are kept in the store, tokens must not be.
    tokens = {
        token: hashlib.sha256(token.encode()).hexdigest()[:32] for token in configuration.tokens
    }
    return configuration.core(policy=policy, registry=registry, tokens=tokens)


async def start(configuration: Configuration) -> RunningServer:
    """Start a server, which speaks HTTP/1.1 and HTTP/2 on one port.

    Raises:
        OSError: the address cannot be listened on.
    """
    core = build_core(configuration)
    bounds = configuration.bounds
    connections: Connections = set()

    def connect() -> Door:
        return Door(
            bounds=bounds,
            connections=connections,
            h1=lambda: configuration.connection(core.begin, bounds, connections),
            h2=lambda: configuration.h2_connection(core.begin, bounds, connections),
        )

    servers: list[asyncio.Server] = []
    port = configuration.port
    try:
        for address in await _addresses(configuration.host):
            server = await _listen(connect, address, port, configuration.tls)
            servers.append(server)
            port = server.sockets[0].getsockname()[1]
    except OSError:
        for server in servers:
            server.close()
        raise
    return RunningServer(
        name=configuration.name, port=port, core=core, servers=servers, connections=connections
    )


async def _addresses(host: str) -> list[str]:
    """Return the addresses a name stands for, without repetitions."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


async def _listen(
    connect: Callable[[], Door], address: str, port: int, tls: ssl.SSLContext | None
) -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(
        connect, address, port, ssl=tls, reuse_address=True, backlog=1024
    )


async def serve_until(
    configurations: Sequence[Configuration],
    ended: asyncio.Event,
    ready: Callable[[Sequence[RunningServer]], None],
) -> None:
    """Run several servers until an event is set.

    Args:
        configurations: the servers.
        ended: ends them.
        ready: called once all of them accept connections.
    """
    running: list[RunningServer] = []
    try:
        for configuration in configurations:
            running.append(await start(configuration))  # noqa: PERF401 - all or none are closed
        ready(running)
        await ended.wait()
    finally:
        for server in running:
            await server.close()


def serve_forever(
    configurations: Sequence[Configuration],
    ready: Callable[[Sequence[RunningServer]], None] = lambda servers: None,
) -> None:
    """Run several servers until SIGTERM or SIGINT.

    Raises:
        OSError: an address cannot be listened on.
    """

    async def run() -> None:
        ended = asyncio.Event()
        end_on_signals(ended)
        await serve_until(configurations, ended, ready)

    asyncio.run(run())


def end_on_signals(ended: asyncio.Event) -> None:
    """Set an event when the process is asked to end."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """Return a context for HTTP/2 and HTTP/1.1 over TLS.

    Raises:
        OSError: a file cannot be read or is no certificate or key.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(PROTOCOLS)
    return context
