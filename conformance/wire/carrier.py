"""What connections of every HTTP version have in common: how they are made, and how they end."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from conformance.wire.outbox import Outbox
from conformance.wire.pulse import Pulse
from conformance.wire.tcp import TcpLink, connect
from conformance.wire.tls import TlsLink, TlsSettings, client_context

if TYPE_CHECKING:
    import socket

    from conformance.model.transcript import CutHow
    from conformance.wire.answer import ExchangeRecord
    from conformance.wire.endpoint import Endpoint
    from conformance.wire.link import Link
    from conformance.wire.recorder import ConnectionRecord, Recorder


class Carrier(ABC):
    """A connection with a peer, whatever is spoken on it.

    Attributes:
        record: what is recorded of it.
        recorder: the record it is part of.
        pulse: beats whenever something happened.
        link: the connection itself; None if it could not be made.
        outbox: what is on its way out.
        failure: why there is no connection; empty if there is one.
        over: nothing more will arrive: the peer ended it, or we closed it.
    """

    def __init__(self, endpoint: Endpoint, recorder: Recorder) -> None:
        self.recorder = recorder
        self.record: ConnectionRecord = recorder.connection(str(endpoint.address))
        self.pulse = Pulse()
        self.link: Link | None = None
        self.outbox: Outbox | None = None
        self.failure = ""
        self.over = False
        self._endpoint = endpoint

    async def connect(self, at_most: float, protocols: tuple[str, ...]) -> None:
        """Connect, TLS included, within a number of seconds; see ``failure``.

        Args:
            at_most: seconds.
            protocols: what is offered by ALPN, best first.
        """
        endpoint = self._endpoint
        deadline = asyncio.get_running_loop().time() + at_most
        address = endpoint.address
        try:
            sock = await connect(address.family, address.sockaddr, at_most)
        except OSError as error:
            self.failure = error.strerror or str(error) or type(error).__name__
            self.over = True
            return
        if endpoint.tls is None:
            self._established(TcpLink(sock, self))
        else:
            await self._secure(sock, endpoint.tls, protocols, deadline)

    async def _secure(
        self,
        sock: socket.socket,
        settings: TlsSettings,
        protocols: tuple[str, ...],
        deadline: float,
    ) -> None:
        name = self._endpoint.server_name or self._endpoint.host
        try:
            context = client_context(settings, protocols)
            link = TlsLink(sock, context, name, self)
        except ValueError as error:
            sock.close()
            self.over, self.failure = True, f"TLS: the name {name} cannot be used: {error}"
            return
        except BaseException:
            sock.close()
            raise
        left = deadline - asyncio.get_running_loop().time()
        try:
            link.shake_hands()
            await self.pulse.until(lambda: link.ready or bool(link.failed), left)
        finally:
            if not link.ready:
                link.close()
        if link.ready:
            self.record.tls = link.description
            self._established(link)
        else:
            self.failure = link.failed or "TLS: the handshake did not end in time"
            self.over = True

    def _established(self, link: Link) -> None:
        self.link = link
        self.outbox = Outbox(link, self.recorder.moment)
        self.record.opened = self.recorder.moment()

    @property
    def usable(self) -> bool:
        """Tell whether requests can be sent: it was made, and nobody has ended it."""
        return self.link is not None and not self.over and not self.link.broken

    def abandon(self) -> None:
        """Close the socket without another word."""
        self.over = True
        if self.link is not None:
            self.link.close()
        self.pulse.beat()

    def stop_reading(self) -> None:
        """Read nothing more; nothing more will arrive."""
        self.over = True
        if self.link is not None:
            self.link.stop_reading()

    @abstractmethod
    def cut_short(self, by: ExchangeRecord, how: CutHow) -> None:
        """Note that our interruption of one exchange ended all that were going on."""

    # What the link tells (conformance.wire.link.Sink)

    @abstractmethod
    def received(self, data: bytes) -> None:
        """Take octets from the link."""

    @abstractmethod
    def ended(self, *, reset: bool, detail: str) -> None:
        """Take the end of the connection from the link."""

    def room(self) -> None:
        """Take the link's word that more can be sent."""
        if self.outbox is not None:
            self.outbox.pump()
        self.pulse.beat()
