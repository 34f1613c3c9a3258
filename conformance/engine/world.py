"""What all plans of a run share: where the target is, how long to wait, how far to go."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.engine.deadlines import Deadlines
from conformance.model.errors import TargetError
from conformance.proxy.remote import HOST
from conformance.wire import Address, Endpoint, TlsSettings, reach, resolve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from conformance.engine.target import ReadBackWish
    from conformance.proxy.remote import PathProxy


_FAMILIES = {"ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}


class BoundReached(Exception):  # noqa: N818 - it is a state of affairs, not an error
    """The run has made as many requests or sent as many octets as the user allows.

    Attributes:
        what: the bound, in words.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


class Counters:
    """Requests made and octets sent by all plans, with the bounds the user has set."""

    __slots__ = ("_max_octets", "_max_requests", "octets", "requests")

    def __init__(self, max_requests: int | None = None, max_octets: int | None = None) -> None:
        self._max_requests = max_requests
        self._max_octets = max_octets
        self.requests = 0
        self.octets = 0

    def take(self, octets: int) -> None:
        """Count one more request that is going to send so many octets of content.

        Raises:
            BoundReached: it would be one too many; it must not be made.
        """
        if self._max_requests is not None and self.requests >= self._max_requests:
            raise BoundReached(f"{self._max_requests} requests")
        if self._max_octets is not None and self.octets + octets > self._max_octets:
            raise BoundReached(f"{self._max_octets} octets")
        self.requests += 1
        self.octets += octets


class Endpoints:
    """Where origins are reached; each is looked up once and then kept, one address for all.

    Attributes:
        tls: how to trust https origins.
        server_name: name to ask for instead of the host's.
        family: ``any``, ``ipv4`` or ``ipv6``.
        path: the proxy through which all of them are reached; None for no proxy.
    """

    __slots__ = ("_asking", "_known", "family", "path", "server_name", "tls")

    def __init__(
        self,
        tls: TlsSettings | None = None,
        server_name: str = "",
        family: str = "any",
        path: PathProxy | None = None,
    ) -> None:
        self.path = path
        self._asking = asyncio.Lock()
        self.tls = tls or TlsSettings()
        self.server_name = server_name
        self.family = family
        self._known: dict[str, Endpoint] = {}

    async def of(self, origin: str, at_most: float) -> Endpoint:
        """Return where an origin is reached.

        Raises:
            TargetError: its name is not known, or has no address of the family wanted.
        """
        known = self._known.get(origin)
        if known is None:
            known = self._known[origin] = await self._reach(origin, at_most)
        return known

    async def _by_proxy(self, path: PathProxy, origin: str) -> Endpoint:
        async with self._asking:
            known = self._known.get(origin)
            if known is not None:
                return known
            port, authority = await path.listen(origin)
        tls = TlsSettings(ca_file=authority) if origin.startswith("https:") else None
        return Endpoint(
            host=host_and_port(origin)[0],
            port=port,
            address=Address(socket.AF_INET, (HOST, port)),
            tls=tls,
            server_name=self.server_name if tls is not None else "",
        )

    async def _reach(self, origin: str, at_most: float) -> Endpoint:
        if self.path is not None:
            return await self._by_proxy(self.path, origin)
        host, port = host_and_port(origin)
        secure = origin.startswith("https:")
        tls = self.tls if secure else None
        server_name = self.server_name if secure else ""
        wanted = _FAMILIES.get(self.family)
        if wanted is None:
            return await reach(host, port, tls=tls, server_name=server_name, at_most=at_most)
        for address in await resolve(host, port, at_most):
            if address.family == wanted:
                return Endpoint(
                    host=host, port=port, address=address, tls=tls, server_name=server_name
                )
        raise TargetError(f"{host} has no {self.family} address")


class Gate:
    """Lets many plans through side by side, or one alone.

    A restart in one plan would break the connections of all others, and nobody could tell that
    from a fault of the target.
    """

    __slots__ = ("_closed", "_empty", "_inside")

    def __init__(self) -> None:
        self._closed = asyncio.Lock()
        self._empty = asyncio.Event()
        self._empty.set()
        self._inside = 0

    @contextlib.asynccontextmanager
    async def shared(self) -> AsyncIterator[None]:
        """Enter beside others, once nobody is or wants to be alone."""
        async with self._closed:
            self._inside += 1
            self._empty.clear()
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self._empty.set()

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Enter when everybody has left, and keep everybody out."""
        async with self._closed:
            await self._empty.wait()
            yield


def host_and_port(origin: str) -> tuple[str, int]:
    """Return host and port of an origin."""
    parts = urlsplit(origin)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Settings shared by the plans of a run against one target.

    Attributes:
        endpoints: where origins are reached.
        deadlines: how long to wait.
        counters: what has been done so far, by all plans.
        trusted_origins: origins that may be sent the target's own fields and credentials.
        follow_redirects: follow one 307 or 308 of a creation and stay there.
        cookies: keep cookies within a scenario.
        read_back: way in to what is stored; None if there is none.
        restart: kills the target without warning, starts it again and returns when it answers.
        gate: lets plans that restart the target run alone.
        politeness: held by each plan while it runs; None for no bound here.
        at_once: hand a short HTTP/1.1 request over in one write, head and content together.
    """

    endpoints: Endpoints = field(default_factory=Endpoints)
    deadlines: Deadlines = field(default_factory=Deadlines)
    counters: Counters = field(default_factory=Counters)
    trusted_origins: tuple[str, ...] = ()
    follow_redirects: bool = True
    cookies: bool = False
    read_back: ReadBackWish | None = None
    restart: Callable[[], Awaitable[None]] | None = None
    gate: Gate = field(default_factory=Gate)
    politeness: asyncio.Semaphore | None = None
    at_once: bool = False
