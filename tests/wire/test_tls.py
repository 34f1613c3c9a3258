"""TLS: handshakes that succeed and fail, exchanges, and the two ways to end."""

from __future__ import annotations

import socket
import ssl
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from conformance.model.errors import TargetError
from conformance.model.scenario import Point
from conformance.model.transcript import CutHow, End, Exchange, SentRange
from conformance.wire import H1Connection, OutgoingRequest, Recorder, TlsSettings, reach
from conformance.wire.tls import client_context
from tests.wire.h1_requests import F201, I104, post

if TYPE_CHECKING:
    from pathlib import Path

    from tests.wire.conftest import Peer, Talk


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2", "http/1.1"])
    authority.issue_cert("upload.test", "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def trusting(authority: trustme.CA) -> TlsSettings:
    return TlsSettings(ca_data=authority.cert_pem.bytes().decode())


def upload(length: int) -> OutgoingRequest:
    return post(length, url="https://h/f")


async def connected(
    there: Peer, settings: TlsSettings, name: str = "upload.test", at_most: float = 5.0
) -> tuple[H1Connection, Recorder]:
    recorder = Recorder()
    endpoint = await reach("127.0.0.1", there.port, tls=settings, server_name=name)
    return await H1Connection.open(endpoint, recorder, at_most), recorder


@pytest.mark.parametrize("name", ["upload.test", ""])
@pytest.mark.parametrize("size", [10, 9_000_000])
def test_an_upload_over_tls(
    peer: Any, run: Any, server: ssl.SSLContext, trusting: TlsSettings, size: int, name: str
) -> None:
    def script(talk: Talk) -> tuple[str | None, int, tuple[bytes, str]]:
        talk.head()
        talk.say(I104)
        seen = len(talk.take(size))
        talk.say(F201)
        assert isinstance(talk.sock, ssl.SSLSocket)
        return talk.sock.selected_alpn_protocol(), seen, talk.rest()

    async def work(there: Peer) -> tuple[Exchange, Recorder]:
        connection, recorder = await connected(there, trusting, name)
        live = connection.begin(upload(size))
        await live.send_head()
        assert await live.wait([Point.INTERIM_104], 5) is Point.INTERIM_104
        assert await live.send(bytes(size), SentRange(start=0, end=size)) == size
        exchange = await live.finish(5)
        assert connection.reusable
        await connection.close()
        return exchange, recorder

    there = peer(script, server)
    exchange, recorder = run(work(there))
    assert there.result() == ("http/1.1", size, (b"", "fin"))
    assert (exchange.end, exchange.request.handed) == (End.FINAL, size)
    (connection,) = recorder.transcript().connections
    assert connection.tls == "TLSv1.3 http/1.1"


@pytest.mark.parametrize(
    ("how", "seen"),
    [
        (CutHow.CLOSE, "fin"),
        (CutHow.HALF_CLOSE, "fin"),
        (CutHow.TLS_TRUNCATE, "cut off"),
        (CutHow.RESET, "rst"),
    ],
)
def test_cuts_are_told_apart_and_exact(
    peer: Any, run: Any, server: ssl.SSLContext, trusting: TlsSettings, how: CutHow, seen: str
) -> None:
    def script(talk: Talk) -> tuple[int, str]:
        talk.head()
        talk.say(I104)
        octets, end = talk.rest()
        return len(octets), end

    async def work(there: Peer) -> Exchange:
        connection, _ = await connected(there, trusting)
        live = connection.begin(upload(1_000_000))
        await live.send_head()
        await live.wait([Point.INTERIM_104], 5)
        await live.send(bytes(300_001), SentRange(start=0, end=300_001))
        await live.cut(how, 5)
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    there = peer(script, server)
    exchange = run(work(there))
    assert there.result() == (300_001, seen)
    assert exchange.request.cut.how is how
    assert exchange.request.cut.content_handed == 300_001
    assert exchange.end is End.CUT


def test_an_exchange_goes_on_after_a_half_close(
    peer: Any, run: Any, server: ssl.SSLContext, trusting: TlsSettings
) -> None:
    def script(talk: Talk) -> bytes:
        talk.head()
        octets, _ = talk.rest()
        talk.say(I104 + F201)
        return octets

    async def work(there: Peer) -> Exchange:
        connection, _ = await connected(there, trusting)
        live = connection.begin(upload(100))
        await live.send_head()
        await live.send(b"abc")
        await live.cut(CutHow.HALF_CLOSE, 5)
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    there = peer(script, server)
    exchange = run(work(there))
    assert there.result() == b"abc"
    assert (exchange.end, exchange.interims_seen) == (End.FINAL, 1)


@pytest.mark.parametrize(
    ("name", "trust", "words"),
    [("other.test", True, "certificate verify failed: Hostname"), ("upload.test", False, "verify")],
)
def test_a_certificate_that_does_not_fit_is_refused(
    peer: Any,
    run: Any,
    server: ssl.SSLContext,
    trusting: TlsSettings,
    name: str,
    trust: bool,
    words: str,
) -> None:
    async def work(there: Peer) -> Exchange:
        connection, recorder = await connected(there, trusting if trust else TlsSettings(), name)
        assert not connection.usable
        exchange = await connection.begin(upload(1)).finish(1)
        await connection.close()
        assert recorder.transcript().connections[0].opened is None
        return exchange

    exchange = run(work(peer(lambda talk: talk.rest(), server)))
    assert exchange.end is End.REFUSED
    assert words in exchange.detail


def test_verification_can_be_left_out(peer: Any, run: Any, server: ssl.SSLContext) -> None:
    async def work(there: Peer) -> bool:
        connection, _ = await connected(there, TlsSettings(verify=False), "other.test")
        usable = connection.usable
        await connection.close()
        return usable

    assert run(work(peer(lambda talk: talk.rest(), server)))


@pytest.mark.parametrize(
    ("answer", "words"),
    [(b"HTTP/1.1 400 Bad Request\r\n\r\n", "wrong version number"), (b"", "during the handshake")],
)
def test_a_peer_without_tls_is_refused(
    peer: Any, run: Any, trusting: TlsSettings, answer: bytes, words: str
) -> None:
    def script(talk: Talk) -> None:
        talk.sock.recv(10_000)
        if answer:
            talk.say(answer)

    async def work(there: Peer) -> str:
        connection, _ = await connected(there, trusting)
        await connection.close()
        return connection.failure

    assert words in run(work(peer(script)))


def test_a_handshake_that_never_ends_is_given_up(
    peer: Any, run: Any, trusting: TlsSettings
) -> None:
    async def work(there: Peer) -> str:
        connection, _ = await connected(there, trusting, at_most=0.2)
        await connection.close()
        return connection.failure

    assert "did not end in time" in run(work(peer(lambda talk: talk.rest())))


@pytest.mark.parametrize(("polite", "words"), [(True, "with close"), (False, "without close")])
def test_how_the_peer_ends_is_recorded(
    peer: Any,
    run: Any,
    server: ssl.SSLContext,
    trusting: TlsSettings,
    polite: bool,
    words: str,
) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        assert isinstance(talk.sock, ssl.SSLSocket)
        if polite:
            talk.sock.unwrap()

    async def work(there: Peer) -> Exchange:
        connection, _ = await connected(there, trusting)
        live = connection.begin(upload(0))
        await live.send_head()
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    exchange = run(work(peer(script, server)))
    assert exchange.end is End.CLOSED
    assert words in exchange.detail


def test_a_peer_that_does_not_read_stops_the_sending(
    peer: Any, run: Any, server: ssl.SSLContext, trusting: TlsSettings
) -> None:
    stop = threading.Event()

    async def work(there: Peer) -> Exchange:
        connection, _ = await connected(there, trusting)
        live = connection.begin(upload(50_000_000))
        await live.send_head()
        handed = await live.send(bytes(50_000_000), SentRange(start=0, end=50_000_000), at_most=0.3)
        exchange = live.snapshot()
        assert handed == exchange.request.handed
        await live.cut(CutHow.RESET, 0.1)
        await connection.close()
        return exchange

    try:
        exchange = run(work(peer(lambda _: stop.wait(8), server)))
    finally:
        stop.set()
    assert 0 < exchange.request.handed < 50_000_000
    assert exchange.request.ranges[0].end == exchange.request.handed


def test_trust_anchors_that_cannot_be_read_are_told() -> None:
    with pytest.raises(TargetError, match=r"nowhere\.pem"):
        client_context(TlsSettings(ca_file="/nonexistent/nowhere.pem"))
    with pytest.raises(TargetError, match="certificates cannot be read"):
        client_context(TlsSettings(ca_data="nonsense"))


def test_a_client_certificate_is_shown(
    peer: Any, run: Any, authority: trustme.CA, trusting: TlsSettings, tmp_path: Path
) -> None:
    demanding = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("upload.test").configure_cert(demanding)
    authority.configure_trust(demanding)
    demanding.verify_mode = ssl.CERT_REQUIRED
    file = tmp_path / "client.pem"
    authority.issue_cert("client.test").private_key_and_cert_chain_pem.write_to_path(str(file))

    def script(talk: Talk) -> None:
        talk.head()
        talk.say(F201)

    async def work(there: Peer, settings: TlsSettings) -> Exchange:
        connection, _ = await connected(there, settings)
        live = connection.begin(upload(0))
        await live.send_head()
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    shown = replace(trusting, client_certificate=str(file))
    assert run(work(peer(script, demanding), shown)).end is End.FINAL
    refused = run(work(peer(script, demanding), trusting))
    assert refused.end is not End.FINAL
    assert "certificate required" in refused.detail


def test_garbage_between_records_ends_the_exchange(
    peer: Any, run: Any, server: ssl.SSLContext, trusting: TlsSettings
) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        socket.socket.send(talk.sock, b"no record")
        talk.rest()

    async def work(there: Peer) -> Exchange:
        connection, _ = await connected(there, trusting)
        live = connection.begin(upload(0))
        await live.send_head()
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    exchange = run(work(peer(script, server)))
    assert exchange.end is End.CLOSED
    assert "TLS" in exchange.detail


def test_a_name_tls_cannot_carry_is_told(peer: Any, run: Any, trusting: TlsSettings) -> None:
    async def work(there: Peer) -> str:
        connection, _ = await connected(there, trusting, ".bad.test")
        await connection.close()
        return connection.failure

    assert ".bad.test" in run(work(peer(lambda talk: talk.rest())))


def test_what_was_committed_goes_out_after_a_wait_that_ended(
    peer: Any, run: Any, server: ssl.SSLContext, trusting: TlsSettings
) -> None:
    go = threading.Event()

    def script(talk: Talk) -> int:
        talk.head()
        go.wait(8)
        octets, _ = talk.rest()
        return len(octets)

    async def work(there: Peer) -> Exchange:
        connection, _ = await connected(there, trusting)
        live = connection.begin(upload(50_000_000))
        await live.send_head()
        await live.send(bytes(50_000_000), at_most=0.2)
        go.set()
        await live.cut(CutHow.CLOSE, 8)
        await connection.close()
        return live.snapshot()

    there = peer(script, server)
    exchange = run(work(there))
    assert there.result() == exchange.request.handed == exchange.request.cut.acknowledged
