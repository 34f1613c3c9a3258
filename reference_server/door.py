"""The door of a port: finds out what a new connection speaks and hands it over.

Over TLS the negotiated protocol tells (RFC 7301). Otherwise the first octets do: an HTTP/2 client
with prior knowledge begins with a preface no HTTP/1.1 request has (RFC 9113, 3.3 and 3.4).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reference_server.h2_frames import PREFACE
from reference_server.transport import GONE, Timer, reset

if TYPE_CHECKING:
    from collections.abc import Callable

    from reference_server.bounds import Bounds
    from reference_server.front import Connections
    from reference_server.h1 import H1Connection
    from reference_server.h2 import H2Connection

#: Names of protocols in the negotiation, the better one first.
PROTOCOLS = ("h2", "http/1.1")


class Door(asyncio.Protocol):
    """A connection that has not said yet what it speaks.

    Args:
        bounds: what the client may take.
        connections: all connections of the server; this one enters, and leaves when it is known.
        h1: makes the front end for HTTP/1.1.
        h2: makes the front end for HTTP/2.
    """

    def __init__(
        self,
        *,
        bounds: Bounds,
        connections: Connections,
        h1: Callable[[], H1Connection],
        h2: Callable[[], H2Connection],
    ) -> None:
        self._bounds = bounds
        self._connections = connections
        self._h1 = h1
        self._h2 = h2
        self._transport: asyncio.Transport
        self._timer = Timer(asyncio.get_running_loop(), self._time_out)
        self._begun = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand over what is known already; else wait for the first octets."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport
        over_tls = transport.get_extra_info("ssl_object")
        if over_tls is not None and over_tls.selected_alpn_protocol() == "h2":
            self._hand_over(self._h2())
        elif over_tls is not None or len(self._connections) >= self._bounds.connections:
            self._hand_over(self._h1())
        else:
            self._connections.add(self)
            self._timer.wait(self._bounds.idle_seconds)

    def data_received(self, data: bytes) -> None:
        """Look at the first octets."""
        if not self._begun:
            self._timer.cancel()
            self._timer = Timer(asyncio.get_running_loop(), self._time_out)
            self._timer.wait(self._bounds.head_seconds)
        self._begun += data
        if self._begun.startswith(PREFACE):
            self._hand_over(self._h2())
        elif not PREFACE.startswith(self._begun):
            self._hand_over(self._h1())

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note of the end."""
        del exc
        self._leave()
        self._transport = GONE

    def reset(self) -> None:
        """End the connection with RST."""
        reset(self._transport)

    def _leave(self) -> None:
        self._timer.cancel()
        self._connections.discard(self)

    def _hand_over(self, front_end: asyncio.Protocol) -> None:
        self._leave()
        transport, self._transport = self._transport, GONE
        transport.set_protocol(front_end)
        front_end.connection_made(transport)
        if self._begun:
            front_end.data_received(self._begun)

    def _time_out(self) -> None:
        """Let HTTP/1.1 tell a client that it is too slow; end a connection that says nothing."""
        if self._begun:
            self._hand_over(self._h1())
        else:
            self._transport.close()
