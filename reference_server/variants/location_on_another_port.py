"""Upload resources are on another port than the creation target."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING, ClassVar

from reference_server.defects.rewriting import RewritingConnection
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    import asyncio

    from reference_server.front import Begin


class _OtherPort(RewritingConnection):
    #: the second port of each core; a process may run several
    _ports: ClassVar[dict[Begin, tuple[int, asyncio.Task[asyncio.Server]]]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._begin not in self._ports:
            first: int = transport.get_extra_info("sockname")[1]
            port = first + 7000 if first < 50_000 else first - 7000
            listener = socket.create_server(("127.0.0.1", port), backlog=1024)
            listening = self._loop.create_server(self._another, sock=listener)
            self._ports[self._begin] = port, self._loop.create_task(listening)

    def _another(self) -> _OtherPort:
        return type(self)(self._begin, self._bounds, self._connections)

    def rewrite_response(self, data: bytes) -> bytes:
        port, _ = self._ports[self._begin]
        there = b"\r\nLocation: http://127.0.0.1:%d/uploads/" % port
        return re.sub(rb"\r\nLocation: /uploads/", there, data)


VARIANT = Variant(
    name="location-on-another-port",
    title="Upload resources are on another port than the creation target",
    overrides=(_OtherPort,),
    # after a restart the second port opens only with a connection to the first
    spares=("restartable",),
)
