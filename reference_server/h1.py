"""The HTTP/1.1 front end: asyncio for octets, h11 for their meaning.

Everything that has arrived is given to the core before the event loop goes on, so that an
exchange is never behind its octets. A connection survives every refusal whose content is small;
after others it is closed in a way that lets the client read the response (RFC 9112, 9.6).
"""

from __future__ import annotations

import asyncio

import h11

from reference_server.core.exchange import Exchange
from reference_server.core.storage import StoreError
from reference_server.h1_actions import H1Actions
from reference_server.h1_answering import H1Answering, Phase
from reference_server.h1_messages import BadRequestError, read_request
from reference_server.transport import GONE, available

#: Content from this size on goes past h11.
_DIRECT = 64 * 1024

_READING = (Phase.HEAD, Phase.CONTENT, Phase.UNREAD)


class H1Connection(H1Answering):
    """One connection.

    Args:
        begin: makes the exchange of a request.
        bounds: what the client may take.
        connections: all connections of the server; this one enters and leaves by itself.
    """

    # What asyncio tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a request, unless there are too many connections."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport
        full = len(self._connections) >= self._bounds.connections
        self._connections.add(self)
        if full:
            self._refuse(503)
        else:
            self._timer.wait(self._bounds.idle_seconds)

    def data_received(self, data: bytes) -> None:
        """Take in octets."""
        if self._phase is Phase.LINGER:
            self._dropped += len(data)
            if self._dropped > self._bounds.linger_octets:
                self.reset()
            return
        if self._phase is Phase.CLOSED:
            return
        if self._phase is Phase.CONTENT:
            self._timer.wait(self._bounds.idle_seconds)
        if self._direct:
            data = self._take_directly(data)
        if data:
            self._h11.receive_data(data)
            self._read_events()

    def eof_received(self) -> bool:
        """Take note that the client sends nothing more; what is written still goes out."""
        self._interrupt()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note of the end."""
        del exc
        self._phase = Phase.CLOSED
        self._connections.discard(self)
        self._interrupt()
        self._timer.cancel()
        self._transport = GONE

    # Reading

    def _go_direct(self, length: int) -> None:
        """Take the content past h11 from now on, beginning with what came with the head."""
        self._direct = length
        early = self._h11.trailing_data[0]
        rest = self._take_directly(early) if early else b""
        if rest:
            self._h11.receive_data(rest)

    def _take_directly(self, data: bytes) -> bytes:
        """Take content of known length without h11, which would copy it; return what follows."""
        left = self._direct or 0
        self._direct = max(0, left - len(data))
        self._content(data if len(data) <= left else data[:left])
        if self._direct == 0 and self._phase in (Phase.CONTENT, Phase.UNREAD):
            self._end_of_content()
        return data[left:]

    def _end_of_content(self) -> None:
        try:
            self._exchange.end()
        except StoreError:
            self.reset()
            return
        self._cycle()

    def _read_events(self) -> None:
        """Handle everything that can be handled now."""
        while self._phase in _READING and not self._direct:
            if self._draining and self._phase is Phase.HEAD:
                self._loop.call_soon(self._read_events)
                return
            try:
                event = self._h11.next_event()
            except h11.RemoteProtocolError as error:
                self._refuse(error.error_status_hint)
                return
            if event is h11.NEED_DATA or event is h11.PAUSED:
                self._note_partial_head()
                return
            self._handle(event)

    def _handle(self, event: object) -> None:
        if isinstance(event, h11.Request):
            self._request(event)
        elif isinstance(event, h11.Data):
            self._content(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage):
            self._end_of_content()

    def _note_partial_head(self) -> None:
        """Give a head that has begun its own, shorter time."""
        if self._phase is Phase.HEAD and not self._head_begun and self._h11.trailing_data[0]:
            self._head_begun = True
            self._timer.wait(self._bounds.head_seconds)

    def _request(self, event: h11.Request) -> None:
        self._head_begun = False
        try:
            request = read_request(event, self._bounds)
        except BadRequestError as error:
            self._refuse(error.status)
            return
        self._phase = Phase.CONTENT
        self._timer.wait(self._bounds.idle_seconds)
        self._unread = request.length
        self._without_content = request.method == "HEAD"
        self._withheld = request.expects_continue
        self._dropped = 0
        self._exchange = Exchange()
        actions = self._actions = H1Actions(self)
        exchange = self._begin(request, actions)
        if actions.live:
            self._exchange = exchange
        if request.length is not None and request.length >= _DIRECT:
            self._go_direct(request.length)

    def _content(self, data: bytes) -> None:
        self._withheld = False
        if self._unread is not None:
            self._unread -= len(data)
        if self._phase is Phase.UNREAD:
            self._dropped += len(data)
            if self._dropped > self._bounds.unread_octets:
                self._linger()
            return
        self._exchange.content(data)

    def drain(self) -> None:
        """Read what the system has received, up to a bound; impossible under TLS.

        A request behind it has to wait: the core is about to serve another one.
        """
        self._draining = True
        for data in available(self._transport, self._bounds.drain_octets):
            self.data_received(data)
            if self._phase is not Phase.CONTENT:
                break
        self._draining = False

    # Time

    def _time_out(self) -> None:
        """End what has taken too long."""
        if self._phase is Phase.HEAD and self._head_begun:
            self._refuse(408)
        elif self._phase is Phase.UNREAD:
            self._linger()
        elif self._phase in (Phase.CONTENT, Phase.SENDING):
            self.reset()
        elif self._phase is not Phase.CLOSED:
            self._interrupt()
            self._transport.close()
