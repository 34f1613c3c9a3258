"""Our layer in mitmproxy: it relays octets, and lets a path decide about each of them.

mitmproxy's own HTTP layers lose interim responses, so none of them is used. A layer performs no
I/O; what needs a socket (an interruption, reading no more) is asked of :class:`Cutter`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mitmproxy.connection import ConnectionState
from mitmproxy.proxy import commands, events, layer

from conformance.codec.h2_frames import PREFACE
from conformance.model.transcript import CutHow
from conformance.proxy import actions as act

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mitmproxy.connection import Connection
    from mitmproxy.proxy.context import Context

    from conformance.proxy.actions import Action, MakeCut
    from conformance.proxy.passage import Passage

#: seconds a client is given to close after it was told that nothing more will come
_LINGER = 5.0
#: octets a server may say before its client has said anything
_GREETING_BOUND = 65_536


class Path(Protocol):
    """A connection on the path, of whatever HTTP version."""

    def client_says(self, data: bytes) -> list[Action]:
        """Take octets from the client."""
        ...

    def client_ends(self) -> list[Action]:
        """Take the end of what the client says."""
        ...

    def server_says(self, data: bytes) -> list[Action]:
        """Take octets from the server."""
        ...

    def server_ends(self) -> list[Action]:
        """Take the end of what the server says."""
        ...

    def wake(self) -> list[Action]:
        """Go on after some time."""
        ...

    def under_way(self, method: str, target: str) -> Passage | None:
        """Return the last exchange of a kind that has not ended."""
        ...

    def abandon(self, detail: str) -> None:
        """Note that the connections are gone."""


class Paths(Protocol):
    """Where paths come from, and who does what needs a socket."""

    def make(self, context: Context, *, h2: bool) -> Path:
        """Return the path of a new connection."""
        ...

    def read(self, context: Context, *, client: bool, wanted: bool) -> None:
        """Go on reading from a peer, or stop."""

    def was_reset(self, context: Context, *, client: bool) -> bool:
        """Tell whether a peer has reset its connection."""
        ...


@dataclass
class Interruption:
    """An interruption to be made by whoever has the sockets.

    Attributes:
        context: of the connection.
        cut: what is to be made; None to pass on a reset that a peer has made.
        from_client: with no cut: it was the client.
    """

    context: Context
    cut: MakeCut | None = None
    from_client: bool = False


@dataclass
class PathInterruptionHook(commands.StartHook):  # type: ignore[no-untyped-call]
    """An interruption is due; the layer goes on when it has been made."""

    interruption: Interruption


class PathLayer(layer.Layer):
    """Relays one connection; see the module."""

    def __init__(self, context: Context, paths: Paths) -> None:
        super().__init__(context)
        self._paths = paths
        self._path: Path | None = None
        self._early = b""
        self._greeting = b""
        self._ending = False
        self._client_gone = False
        self._wake_at: float | None = None

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        if isinstance(event, events.Start):
            yield from self._start()
        elif isinstance(event, events.DataReceived):
            yield from self._data(event.connection is self.context.client, event.data)
        elif isinstance(event, events.ConnectionClosed):
            yield from self._closed(event.connection is self.context.client)
        elif isinstance(event, events.Wakeup):
            if self._ending:
                yield from self._close_all("the client did not close in time")
            elif self._path is not None:
                self._wake_at = None
                yield from self._do(self._path.wake())

    def _start(self) -> layer.CommandGenerator[None]:
        server = self.context.server
        if server.timestamp_start is None:
            yield commands.OpenConnection(server)
        if server.state is ConnectionState.CLOSED:  # refused, or not trusted
            self._ending = True
            yield commands.CloseConnection(self.context.client)

    def _data(self, from_client: bool, data: bytes) -> layer.CommandGenerator[None]:
        if self._ending:
            return
        if self._path is not None:
            path = self._path
            yield from self._do(path.client_says(data) if from_client else path.server_says(data))
            return
        if not from_client:
            self._greeting += data
            if len(self._greeting) > _GREETING_BOUND:
                yield from self._close_all("the server said too much before it was asked")
            return
        self._early += data
        if len(self._early) < len(PREFACE) and PREFACE.startswith(self._early):
            return
        yield from self._begin()

    def _begin(self) -> layer.CommandGenerator[None]:
        early, self._early = self._early, b""
        path = self._path = self._paths.make(self.context, h2=early.startswith(PREFACE))
        yield from self._do(path.client_says(early))
        if self._greeting:
            yield from self._do(path.server_says(self._greeting))
            self._greeting = b""

    def _closed(self, by_client: bool) -> layer.CommandGenerator[None]:
        if self._path is None and by_client and self._early and not self._ending:
            yield from self._begin()
        self._client_gone = self._client_gone or by_client
        if not self._ending and self._paths.was_reset(self.context, client=by_client):
            yield from self._pass_reset_on(by_client)
            yield from self._close_all("a peer reset its connection")
            return
        if self._path is not None and not self._ending:
            path = self._path
            yield from self._do(path.client_ends() if by_client else path.server_ends())
        elif not self._ending:
            yield from self._end(self.context.client if not by_client else self.context.server)
        readable = (
            self.context.client.state | self.context.server.state
        ) & ConnectionState.CAN_READ
        if not readable or (self._ending and by_client):
            yield from self._close_all("the connection was closed")

    def _pass_reset_on(self, by_client: bool) -> layer.CommandGenerator[None]:
        if self._path is not None and by_client:
            octets = [each for each in self._path.client_ends() if isinstance(each, act.ToServer)]
            yield from self._do(octets)
        self._ending = True
        yield PathInterruptionHook(Interruption(self.context, from_client=by_client))

    def _close_all(self, detail: str) -> layer.CommandGenerator[None]:
        self._ending = True
        if self._path is not None:
            self._path.abandon(detail)
            self._path = None
        for connection in (self.context.server, self.context.client):
            if connection.state is not ConnectionState.CLOSED:
                yield commands.CloseConnection(connection)

    def _end(self, connection: Connection) -> layer.CommandGenerator[None]:
        if connection.state & ConnectionState.CAN_WRITE:
            yield commands.CloseTcpConnection(connection, half_close=True)

    def _do(self, wanted: Iterable[Action]) -> layer.CommandGenerator[None]:
        for action in wanted:
            match action:
                case act.ToServer():
                    yield commands.SendData(self.context.server, action.octets)
                case act.ToClient():
                    yield commands.SendData(self.context.client, action.octets)
                case act.WakeAfter():
                    yield from self._wake_after(action.seconds)
                case act.Read():
                    self._paths.read(self.context, client=action.client, wanted=action.wanted)
                case act.EndToServer():
                    yield from self._end(self.context.server)
                case act.EndToClient():
                    yield from self._end(self.context.client)
                case act.MakeCut():
                    yield from self._cut(action)

    def _wake_after(self, seconds: float) -> layer.CommandGenerator[None]:
        """Ask to be woken, unless that is due sooner anyway."""
        due = time.monotonic() + seconds
        if self._wake_at is None or due < self._wake_at:
            self._wake_at = due
            yield commands.RequestWakeup(seconds)

    def _cut(self, cut: MakeCut) -> layer.CommandGenerator[None]:
        yield PathInterruptionHook(Interruption(self.context, cut))
        ends = cut.how in (CutHow.CLOSE, CutHow.TLS_TRUNCATE)
        if cut.how is CutHow.RESET and cut.to_server is None:
            yield from self._close_all("the connection was cut off")
        elif ends:
            self._ending = True
            if self._path is not None:
                self._path.abandon("the connection was cut off")
                self._path = None
            if self._client_gone:
                yield from self._close_all("the connection was closed")
            else:  # the client may still be sending; a close now would be a reset
                yield commands.RequestWakeup(_LINGER)
