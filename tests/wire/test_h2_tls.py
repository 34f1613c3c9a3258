"""HTTP/2 over TLS: chosen by ALPN or not spoken at all."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from conformance.model.transcript import CutHow, End, Exchange, FieldLine, Framing
from conformance.wire import H2Connection, OutgoingRequest, Recorder, TlsSettings, reach

if TYPE_CHECKING:
    from tests.wire.conftest import H2Talk, Peer, Talk


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def trusting(authority: trustme.CA) -> TlsSettings:
    return TlsSettings(ca_data=authority.cert_pem.bytes().decode())


def server(authority: trustme.CA, *protocols: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if protocols:
        context.set_alpn_protocols(list(protocols))
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


UPLOAD = OutgoingRequest(
    method="POST",
    target="/f",
    url="https://h/f",
    fields=(FieldLine(b"Host", b"h"), FieldLine(b"Content-Length", b"500000")),
    framing=Framing.CONTENT_LENGTH,
    declared=500_000,
)


async def connected(
    peer: Peer, settings: TlsSettings, recorder: Recorder, at_most: float = 5.0
) -> H2Connection:
    endpoint = await reach("127.0.0.1", peer.port, tls=settings)
    return await H2Connection.open(endpoint, recorder, at_most)


def test_an_upload_over_tls(
    peer: Any, run: Any, h2talk: Any, authority: trustme.CA, trusting: TlsSettings
) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        stream, fields = there.request()
        there.head(stream, 104, location="/u")
        content = there.content(stream)
        there.answer(stream, 201)
        there.rest()
        return fields[b":scheme"], len(content)

    there, recorder = peer(script, server(authority, "h2", "http/1.1")), Recorder()

    async def go() -> Exchange:
        connection = await connected(there, trusting, recorder)
        live = connection.begin(UPLOAD)
        await live.send_head()
        await live.send(bytes(500_000))
        await live.end_content()
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    exchange = run(go())
    assert there.result() == (b"https", 500_000)
    assert exchange.end is End.FINAL
    assert [each.status for each in exchange.interims] == [104]
    assert recorder.transcript().connections[0].tls.endswith(" h2")


@pytest.mark.parametrize(("protocols", "chosen"), [(("http/1.1",), "http/1.1"), ((), "nothing")])
def test_a_target_that_does_not_choose_it_is_not_spoken_to(
    peer: Any,
    run: Any,
    authority: trustme.CA,
    trusting: TlsSettings,
    protocols: tuple[str, ...],
    chosen: str,
) -> None:
    def script(talk: Talk) -> Any:
        return talk.rest()[0]

    there = peer(script, server(authority, *protocols))

    async def go() -> Exchange:
        connection = await connected(there, trusting, Recorder())
        assert not connection.usable
        live = connection.begin(UPLOAD)
        await live.send_head()
        assert await live.send(b"x") == 0
        exchange = await live.finish(1)
        await connection.close()
        return exchange

    exchange = run(go())
    assert exchange.end is End.REFUSED
    assert exchange.detail == f"the target does not offer HTTP/2: by ALPN it chose {chosen}"


def test_a_certificate_nobody_trusts_is_told(peer: Any, run: Any, authority: trustme.CA) -> None:
    there = peer(lambda talk: talk.rest(), server(authority, "h2"))

    async def go() -> str:
        connection = await connected(there, TlsSettings(), Recorder())
        await connection.close()
        return connection.failure

    assert "certificate verify failed" in run(go())


@pytest.mark.parametrize(("how", "seen"), [(CutHow.TLS_TRUNCATE, "cut off"), (CutHow.CLOSE, "fin")])
def test_the_connection_can_be_lost_in_two_ways(
    peer: Any,
    run: Any,
    h2talk: Any,
    authority: trustme.CA,
    trusting: TlsSettings,
    how: CutHow,
    seen: str,
) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        there.request()
        return talk.rest()[1]

    there = peer(script, server(authority, "h2"))

    async def go() -> Exchange:
        connection = await connected(there, trusting, Recorder())
        live = connection.begin(UPLOAD)
        await live.send_head()
        await live.send(bytes(1000))
        await live.cut(how, 5)
        return live.snapshot()

    exchange = run(go())
    assert there.result() == seen
    assert exchange.request.cut is not None
    assert exchange.request.cut.how is how
    assert (exchange.end, exchange.request.handed) == (End.CUT, 1000)
