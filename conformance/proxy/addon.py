"""The addon: puts our layer into every connection and makes the interruptions it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mitmproxy.net.tls import starts_like_tls_record
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.layers import ClientTLSLayer, ServerTLSLayer
from mitmproxy.proxy.layers.tls import TLSLayer
from mitmproxy.proxy.tunnel import LayerStack

from conformance.model.transcript import CutHow, CutMade
from conformance.proxy.h1_path import H1Path
from conformance.proxy.h2_path import H2Path
from conformance.proxy.layer import PathLayer
from conformance.proxy.sockets import Socket

if TYPE_CHECKING:
    from collections.abc import Callable

    from mitmproxy.addons.proxyserver import Proxyserver
    from mitmproxy.connection import Client, Connection
    from mitmproxy.proxy.context import Context
    from mitmproxy.proxy.layer import NextLayer
    from mitmproxy.proxy.server_hooks import ServerConnectionHookData
    from mitmproxy.tls import TlsData

    from conformance.faults.chosen import Chosen
    from conformance.model.scenario import Cut
    from conformance.proxy.actions import MakeCut
    from conformance.proxy.layer import Interruption, Path
    from conformance.proxy.passage import Passage
    from conformance.proxy.side import Journal

#: seconds the server's kernel is given to acknowledge what it was handed
_PATIENCE = 5.0
_TLS_RECORD = 0x16


class PathAddon:
    """Interrupts exchanges.

    Args:
        journal: where everything is recorded.
        choose: tells what happens to an exchange, by the client's address, method and target.
        concluded: told of an exchange that can no longer be interrupted.
        proxyserver: mitmproxy's own addon, which has the sockets.
        problem: told in words why a server cannot be talked to.
    """

    #: it takes the place of mitmproxy's addon of that name
    name = "nextlayer"

    def __init__(
        self,
        journal: Journal,
        choose: Callable[[str, str, str], Chosen],
        concluded: Callable[[Passage], None],
        proxyserver: Proxyserver,
        problem: Callable[[str], None],
    ) -> None:
        self._problem = problem
        self._paths: dict[str, tuple[str, Path]] = {}
        self._journal = journal
        self._choose = choose
        self._concluded = concluded
        self._server = proxyserver

    # What mitmproxy calls

    def next_layer(self, data: NextLayer) -> None:
        """Put our layer into a new connection, under TLS where the client speaks it."""
        octets: bytes = data.data_client()  # type: ignore[no-untyped-call]
        if len(octets) < 3 and octets[:1] == bytes((_TLS_RECORD,)):
            return
        context = data.context
        stack = LayerStack()
        if getattr(context.client.proxy_mode, "scheme", "") == "tls":
            stack /= ServerTLSLayer(context)
        if starts_like_tls_record(octets):
            stack /= ClientTLSLayer(context)
        stack /= PathLayer(context, self)
        data.layer = stack[0]

    def server_connect_error(self, data: ServerConnectionHookData) -> None:
        """Tell that there is no connection with the server."""
        self._problem(f"no connection with the server: {data.server.error}")

    def tls_failed_server(self, data: TlsData) -> None:
        """Tell that there is no TLS with the server."""
        self._problem(f"no TLS with the server: {data.conn.error}")

    def tls_failed_client(self, data: TlsData) -> None:
        """Tell that there is no TLS with the client."""
        self._problem(f"no TLS with the client: {data.conn.error}")

    def client_disconnected(self, client: Client) -> None:
        """Forget a connection."""
        self._paths.pop(address_of(client), None)

    async def path_interruption(self, interruption: Interruption) -> None:
        """Make an interruption; the layer waits for it."""
        context = interruption.context
        if interruption.cut is not None:
            await self._cut(context, interruption.cut)
            return
        other = context.server if interruption.from_client else context.client
        found = self._socket(context, other)
        if found is not None:
            await found.settled(_PATIENCE)
            found.reset()

    # What our layer calls

    def make(self, context: Context, *, h2: bool) -> Path:
        """Return the path of a new connection."""
        peer = address_of(context.client)
        number = self._journal.connection(peer, context.client.tls_version or "")

        def choose(method: str, target: str) -> Chosen:
            return self._choose(peer, method, target)

        kind = H2Path if h2 else H1Path
        path: Path = kind(self._journal, number, choose, self._conclude)
        self._paths[peer] = (context.client.id, path)
        return path

    async def interrupt(self, peer: str, method: str, target: str, cut: Cut, token: int) -> bool:
        """Order an interruption of an exchange that is under way; False if there is none."""
        client, path = self._paths.get(peer, ("", None))
        handler = self._server.connections.get(client)
        passage = path.under_way(method, target) if path is not None else None
        if handler is None or passage is None:
            return False
        passage.order(cut, token)
        await handler.server_event(events.Wakeup(commands.RequestWakeup(0)))
        return True

    def _conclude(self, passage: Passage) -> None:
        if not passage.reported:
            passage.reported = True
            self._concluded(passage)

    def read(self, context: Context, *, client: bool, wanted: bool) -> None:
        """Go on reading from a peer, or stop."""
        found = self._socket(context, context.client if client else context.server)
        if found is not None:
            found.read(wanted=wanted)

    def was_reset(self, context: Context, *, client: bool) -> bool:
        """Tell whether a peer has reset its connection."""
        found = self._socket(context, context.client if client else context.server)
        return found is not None and found.was_reset

    def _socket(self, context: Context, connection: Connection) -> Socket | None:
        handler = self._server.connections.get(context.client.id)
        io = handler.transports.get(connection) if handler is not None else None
        return Socket(io) if io is not None else None

    async def _cut(self, context: Context, cut: MakeCut) -> None:
        server = self._socket(context, context.server)
        client = self._socket(context, context.client)
        passage, how, note = cut.passage, cut.how, ""
        tls = _tls_of(context, context.server)
        if how is CutHow.TLS_TRUNCATE and tls is None:
            how, note = CutHow.CLOSE, "there is no TLS to truncate: closed"
        left = None
        if server is not None and server.usable:
            waits = 0.0 if how is CutHow.HALF_CLOSE else _PATIENCE
            left = await server.settled(waits)
        else:
            note = "the connection had ended before"
        if left and how is not CutHow.HALF_CLOSE:
            note = f"{left} octets in the out-queue were not acknowledged in time"
        handed = passage.forwarded
        made = CutMade(
            how=how,
            content_handed=handed,
            acknowledged=None if left is None else max(0, handed - left),
            at=self._journal.clock.moment(),
            note=note,
        )
        if client is not None and how is not CutHow.HALF_CLOSE:
            await client.settled(_PATIENCE)  # what the client was told is its to read
        if server is not None:
            _interrupt(server, how, cut.to_server, tls)
        if client is not None and (how is not CutHow.HALF_CLOSE or cut.to_client is not None):
            _interrupt(client, how, cut.to_client, _tls_of(context, context.client))
        passage.note_cut(made)
        self._conclude(passage)


def _interrupt(side: Socket, how: CutHow, octets: bytes | None, tls: TLSLayer | None) -> None:
    if octets is not None:
        side.write(octets if tls is None else _sealed(tls, octets))
    elif how is CutHow.RESET:
        side.reset()
    else:
        if how is not CutHow.TLS_TRUNCATE and tls is not None:
            side.write(_farewell(tls))
        side.finish()


def _tls_of(context: Context, connection: Connection) -> TLSLayer | None:
    """Return the layer that speaks TLS with a peer; None in clear text."""
    for layer in context.layers:
        if isinstance(layer, TLSLayer) and layer.conn is connection and layer.tls is not None:
            return layer
    return None


def _sealed(layer: TLSLayer, octets: bytes) -> bytes:
    """Return octets as records."""
    layer.tls.sendall(octets)
    return _records(layer.tls)


def _farewell(layer: TLSLayer) -> bytes:
    """Return close_notify as a record; mitmproxy itself never says it."""
    try:
        layer.tls.shutdown()
    except Exception:
        return b""
    return _records(layer.tls)


def _records(tls: Any) -> bytes:
    records = b""
    while True:
        try:
            records += tls.bio_read(65_535)
        except Exception:
            return records


def address_of(connection: Connection) -> str:
    """Return a peer's address as ``host:port``."""
    name = connection.peername
    if not name:
        return ""
    host, port = name[0], name[1]
    return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"
