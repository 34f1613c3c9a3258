"""mitmproxy with our addon and nothing else of it: listeners, certificates for the run, an end."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.addons.tlsconfig import TlsConfig
from mitmproxy.master import Master
from mitmproxy.options import Options

from conformance.model.errors import TargetError
from conformance.proxy.addon import PathAddon
from conformance.proxy.side import Journal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from conformance.faults.chosen import Chosen
    from conformance.model.scenario import Cut
    from conformance.proxy.passage import Passage

_PORTS = {"http": 80, "https": 443}
_TRIES = 5
_FAREWELL = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How servers are trusted.

    Attributes:
        ca: PEM file of trust anchors; empty for those of mitmproxy.
        insecure: trust every certificate.
    """

    ca: str = ""
    insecure: bool = False


class Service:
    """A proxy that runs; an asynchronous context manager.

    Args:
        folder: where certificates are made; must be empty, and forgotten afterwards.
        choose: tells what happens to an exchange, by the client's address, method and target.
        concluded: told of an exchange that can no longer be interrupted.
        trust: how servers are trusted.
        problem: told in words why a peer cannot be talked to.

    Attributes:
        journal: everything that came along.
    """

    def __init__(
        self,
        folder: Path,
        choose: Callable[[str, str, str], Chosen],
        concluded: Callable[[Passage], None],
        trust: Trust | None = None,
        problem: Callable[[str], None] | None = None,
    ) -> None:
        self._problem = problem or _nobody
        self.journal = Journal()
        self._folder = folder
        self._choose = choose
        self._concluded = concluded
        self._trust = trust or Trust()
        self._server = Proxyserver()  # type: ignore[no-untyped-call]
        self._master: Master | None = None
        self._addon: PathAddon | None = None

    @property
    def authority(self) -> Path:
        """Return the PEM file a client has to trust if it speaks TLS."""
        return self._folder / "mitmproxy-ca-cert.pem"

    async def __aenter__(self) -> Self:
        options = Options(
            confdir=str(self._folder),
            ssl_insecure=self._trust.insecure,
            ssl_verify_upstream_trusted_ca=self._trust.ca or None,
            mode=[],
        )
        master = self._master = Master(options, asyncio.get_running_loop())
        addon = self._addon = PathAddon(
            self.journal, self._choose, self._concluded, self._server, self._problem
        )
        master.addons.add(addon, self._server, TlsConfig())  # type: ignore[no-untyped-call]
        # Nothing of what passes is kept, and a connection is the server's before it is asked for.
        _set(options, connection_strategy="eager", http2=True)
        await self._server.setup_servers()
        await master.running()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._master is None:
            return
        await self._server.servers.update([])
        handlers = [
            io.handler
            for connection in list(self._server.connections.values())
            for io in connection.transports.values()
            if io.handler is not None
        ]
        for handler in handlers:
            handler.cancel("the proxy ends")
        if handlers:
            await asyncio.wait(handlers, timeout=_FAREWELL)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL):
                while self._server.connections:  # noqa: ASYNC110 - mitmproxy tells nobody
                    await asyncio.sleep(0.01)
        await self._master.done()

    async def listen(self, upstream: str, host: str, port: int = 0) -> int:
        """Listen for clients of a server and return the port.

        Args:
            upstream: URL of the server; its path does not matter.
            host: address to listen at.
            port: port to listen at; 0 for any.

        Raises:
            TargetError: the URL names no server, or the address cannot be listened at.
        """
        scheme, address = upstream_of(upstream)
        problem = ""
        for _ in range(1 if port else _TRIES):
            chosen = port or free_port(host)
            problem = await self._listen(f"reverse:{scheme}://{address}@{host}:{chosen}")
            if not problem:
                return chosen
        raise TargetError(f"{host}:{port or 'any port'}: cannot listen: {problem}")

    async def interrupt(self, peer: str, method: str, target: str, cut: Cut, token: int) -> bool:
        """Order an interruption of an exchange that is under way.

        Args:
            peer: the client's address.
            method: method token.
            target: request target.
            cut: the interruption.
            token: what ``faults`` of the exchange says from then on.

        Returns:
            Whether there is such an exchange.
        """
        if self._addon is None:
            return False
        return await self._addon.interrupt(peer, method, target, cut, token)

    async def _listen(self, mode: str) -> str:
        if self._master is None:
            return "the proxy does not run"
        options = self._master.options
        before = list(options.mode)
        _set(options, mode=[*before, mode])
        # The option starts the listener in a task of its own; asking again waits for that.
        await self._server.setup_servers()
        error = self._server.servers[mode].last_exception
        if error is None and self._server.servers[mode].is_running:
            return ""
        _set(options, mode=before)
        await self._server.setup_servers()
        if isinstance(error, OSError):
            return error.strerror or str(error)
        return str(error) or "it did not begin in time"


def _nobody(_text: str) -> None:
    """Tell nobody."""


def _set(options: Options, **values: Any) -> None:
    options.update(**values)  # type: ignore[no-untyped-call]


def upstream_of(url: str) -> tuple[str, str]:
    """Return what mitmproxy calls a URL's scheme (``tcp``, ``tls``), and ``host:port``.

    Raises:
        TargetError: it is no absolute http or https URL.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise TargetError(f"{url[:100]!r} is no URL; write http://host:port") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise TargetError(f"{url[:100]!r} is no absolute http or https URL")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    scheme = "tls" if parts.scheme == "https" else "tcp"
    return scheme, f"{host}:{port or _PORTS[parts.scheme]}"


def free_port(host: str) -> int:
    """Return a port that was free a moment ago.

    Raises:
        TargetError: the host is no address of this machine.
    """
    bare = host.strip("[]")
    family = socket.AF_INET6 if ":" in bare else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.bind((bare, 0))
            return int(sock.getsockname()[1])
    except OSError as error:
        raise TargetError(f"{host}: cannot listen: {error.strerror or error}") from None
