"""HTTP/2 peers that do what none should: we neither hang nor grow, and keep what came before."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from hpack import Encoder
from hyperframe.frame import ContinuationFrame, DataFrame, HeadersFrame, SettingsFrame

from conformance.model.scenario import Point
from conformance.model.transcript import (
    FIRST_FRAMES_KEPT,
    LAST_FRAMES_KEPT,
    End,
    Exchange,
    FieldLine,
    Framing,
)
from conformance.wire import H2Connection, OutgoingRequest, Recorder, reach

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wire.conftest import H2Talk, Peer, Talk

GET = OutgoingRequest(method="GET", target="/", url="http://h/", fields=(FieldLine(b"Host", b"h"),))
SETTINGS = b"\0\0\0\4\0\0\0\0\0"


def block(*lines: tuple[str, str], encoder: Encoder | None = None) -> bytes:
    return (encoder or Encoder()).encode(lines)


def headers(data: bytes, *flags: str, stream: int = 1) -> bytes:
    return HeadersFrame(stream, data, flags=["END_HEADERS", *flags]).serialize()


def data(octets: bytes, *flags: str) -> bytes:
    return DataFrame(1, octets, flags=flags).serialize()


OK = headers(block((":status", "200")))
I104 = headers(block((":status", "104"), ("location", "/u")))


async def exchanged(peer: Peer, *, max_content: int = 1000) -> tuple[Exchange, Recorder]:
    recorder = Recorder()
    endpoint = await reach("127.0.0.1", peer.port)
    connection = await H2Connection.open(endpoint, recorder, 3, max_content=max_content)
    live = connection.begin(GET)
    await live.send_head()
    await live.end_content()
    exchange = await live.finish(3)
    await connection.close()
    return exchange, recorder


def saying(h2talk: Any, *octets: bytes) -> Callable[[Talk], Any]:
    """Answer the first request with octets, then read on."""

    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        there.request()
        there.say(*octets)
        end = there.rest()
        return end, [e for e in there.log if type(e).__name__ in ("ConnectionTerminated",)]

    return script


@pytest.mark.parametrize(
    ("octets", "detail"),
    [
        (b"\0\0\4\3\0\0\0\0\7\0\0\0\0", "stream 7, which nobody opened"),
        (headers(b"", stream=3), "HEADERS on stream 3"),
        (DataFrame(5, b"x").serialize(), "DATA on stream 5"),
        (b"\0\0\1\4\0\0\0\0\0x", "SETTINGS"),
        (b"\0\0\6\4\0\0\0\0\0\0\4\xff\xff\xff\xff", ""),
        (b"\0\0\3\6\0\0\0\0\0abc", ""),
        (b"\0\0\4\x08\0\0\0\0\0\0\0\0\0", ""),
        (b"\0\0\4\x08\0\0\0\0\0\x7f\xff\xff\xff", ""),
        (b"\0\0\4\7\0\0\0\0\0\0\0\0\0", "GOAWAY"),
        (b"\0\0\5\5\4\0\0\0\1\0\0\0\2\x88", "PUSH_PROMISE"),
        (b"\0\0\1\x09\4\0\0\0\1\x88", "CONTINUATION"),
        (b"\xff\0\0\0\0\0\0\0\1", "more than the 16384"),
        (b"\0\0\1\1\4\0\0\0\1\xfe", "cannot be decoded"),
        (b"\0\0\2\1\x0c\0\0\0\1\7\x88", "HEADERS frame that is malformed"),
        (b"\0\0\1\1\0\0\0\0\1\x88" + b"\0\0\0\4\0\0\0\0\0", "in the middle of a field block"),
        (OK + b"\0\0\2\0\x08\0\0\0\1\7x", ""),
        (OK + b"\0\0\1\3\0\0\0\0\1x", ""),
    ],
)
def test_a_frame_no_peer_may_send_ends_the_connection_and_keeps_what_came(
    peer: Any, run: Any, h2talk: Any, octets: bytes, detail: str
) -> None:
    there = peer(saying(h2talk, I104, octets))
    exchange, recorder = run(exchanged(there))
    assert [each.status for each in exchange.interims] == [104]
    assert exchange.end is End.MALFORMED
    assert detail in exchange.detail
    assert (exchange.final is not None) is octets.startswith(OK)
    sent = [f for f in recorder.transcript().connections[0].frames if f.direction == "sent"]
    assert sent[-1].type == "GOAWAY"
    assert not sent[-1].note.startswith("NO_ERROR")


@pytest.mark.parametrize(
    ("octets", "rule"),
    [
        (headers(block((":status", "104")), "END_STREAM"), "interim-ends-stream"),
        (OK + headers(block(("x", "1"))), "trailers-without-end-stream"),
        (
            headers(block((":status", "200"), ("content-length", "5"))) + data(b"x", "END_STREAM"),
            "content-length-mismatch",
        ),
    ],
)
def test_a_malformed_response_ends_its_stream_alone(
    peer: Any, run: Any, h2talk: Any, octets: bytes, rule: str
) -> None:
    there = peer(saying(h2talk, octets))
    exchange, recorder = run(exchanged(there))
    assert exchange.end is End.MALFORMED
    message = exchange.final or exchange.interims[0]
    assert rule in {lint.rule for lint in message.lints}
    end, goaways = there.result()
    assert end == "fin"
    assert [event.error_code for event in goaways] == [0]
    assert recorder.transcript().connections[0].closed_by == "us"


def test_a_response_without_status_is_malformed(peer: Any, run: Any, h2talk: Any) -> None:
    there = peer(saying(h2talk, headers(block(("server", "x")))))
    exchange, _ = run(exchanged(there))
    assert (exchange.end, exchange.detail) == (End.MALFORMED, "the response has no :status")


def test_frames_after_the_end_of_a_stream_belong_to_no_response(
    peer: Any, run: Any, h2talk: Any
) -> None:
    end = headers(block((":status", "204")), "END_STREAM")
    there = peer(saying(h2talk, end, data(b"late")))
    exchange, _ = run(exchanged(there))
    assert exchange.end is End.FINAL
    assert exchange.stray.endswith(b"late")


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(SETTINGS, id="settings"),
        pytest.param(b"\0\0\x08\6\0\0\0\0\0abcdefgh", id="ping"),
        pytest.param(b"\0\0\4\x08\0\0\0\0\0\0\0\0\1", id="window-update"),
        pytest.param(b"\0\0\5\2\0\0\0\0\1\0\0\0\0\1", id="priority"),
        pytest.param(b"\0\0\1\xbe\0\0\0\0\0x", id="unknown"),
        pytest.param(b"\0\0\x08\7\0\0\0\0\0\0\0\0\1\0\0\0\0", id="goaway"),
    ],
)
def test_floods_of_idle_frames_are_bounded(peer: Any, run: Any, h2talk: Any, script: bytes) -> None:
    def flood(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        there.request()
        began = time.monotonic()
        while time.monotonic() - began < 6:
            talk.say(script * 1000)

    exchange, recorder = run(exchanged(peer(flood)))
    assert exchange.end is End.BOUND
    assert "flood" in exchange.detail
    record = recorder.transcript().connections[0]
    assert len(record.frames) <= FIRST_FRAMES_KEPT + LAST_FRAMES_KEPT
    assert record.frames_seen > 10_000


def test_empty_content_frames_are_a_flood(peer: Any, run: Any, h2talk: Any) -> None:
    there = peer(saying(h2talk, OK, data(b"") * 11_000))
    exchange, _ = run(exchanged(there))
    assert exchange.end is End.BOUND


def test_endless_content_is_bounded(peer: Any, run: Any, h2talk: Any) -> None:
    there = peer(saying(h2talk, OK, data(bytes(600)), data(bytes(600))))
    exchange, _ = run(exchanged(there))
    assert (exchange.end, exchange.detail) == (End.BOUND, "more content than is accepted")


def test_more_content_than_our_window_admits_is_the_peer_s_fault(
    peer: Any, run: Any, h2talk: Any
) -> None:
    async def go(there: Peer) -> Exchange:
        endpoint = await reach("127.0.0.1", there.port)
        connection = await H2Connection.open(endpoint, Recorder(), 3, window=10)
        live = connection.begin(GET)
        await live.send_head()
        exchange = await live.finish(3)
        await connection.close()
        return exchange

    exchange = run(go(peer(saying(h2talk, OK, data(bytes(11))))))
    assert exchange.end is End.MALFORMED
    assert "does not keep to our flow-control window" in exchange.detail


def test_interim_responses_are_bounded(peer: Any, run: Any, h2talk: Any) -> None:
    there = peer(saying(h2talk, headers(b"\x48\x03104") * 10_100))
    exchange, _ = run(exchanged(there))
    assert exchange.end is End.BOUND
    assert exchange.interims_seen == 10_001
    assert len(exchange.interims) == 1000


def test_a_field_block_without_end_is_bounded(peer: Any, run: Any, h2talk: Any) -> None:
    first = HeadersFrame(1, b"\x88").serialize()
    there = peer(saying(h2talk, first, ContinuationFrame(1, b"").serialize() * 100))
    exchange, _ = run(exchanged(there))
    assert exchange.end is End.BOUND
    assert "field block of 65 frames" in exchange.detail


def test_a_field_list_that_unfolds_to_too_much_is_bounded(peer: Any, run: Any, h2talk: Any) -> None:
    encoder = Encoder()
    lines = [(":status", "200"), *([("x", "y" * 3000)] * 100)]
    there = peer(saying(h2talk, headers(block(*lines, encoder=encoder))))
    exchange, _ = run(exchanged(there))
    assert exchange.end is End.BOUND
    assert "header section" in exchange.detail


def test_a_peer_that_speaks_http_1_is_told_from_one_that_speaks_nothing(
    peer: Any, run: Any
) -> None:
    async def opened(there: Peer, at_most: float) -> tuple[str, Exchange]:
        recorder = Recorder()
        endpoint = await reach("127.0.0.1", there.port)
        connection = await H2Connection.open(endpoint, recorder, at_most)
        assert not connection.usable
        assert not connection.reusable
        live = connection.begin(GET)
        await live.send_head()
        exchange = await live.finish(1)
        await connection.close()
        return connection.failure, exchange

    failure, exchange = run(opened(peer(lambda talk: talk.say(b"HTTP/1.1 400 No\r\n\r\n")), 5))
    assert failure == "HTTP/2: the peer speaks HTTP/1 where HTTP/2 is expected"
    assert (exchange.end, exchange.detail) == (End.REFUSED, failure)
    failure, _ = run(opened(peer(lambda talk: talk.rest()), 0.2))
    assert "said nothing in time" in failure
    failure, _ = run(opened(peer(lambda talk: None), 5))
    assert "closed the connection" in failure or "reset" in failure
    wrong = SettingsFrame(0, flags=["ACK"]).serialize()
    failure, _ = run(opened(peer(lambda talk: (talk.say(wrong), talk.rest())), 5))
    assert "and not SETTINGS" in failure


def test_a_refused_connection_is_recorded(run: Any) -> None:
    async def go() -> Exchange:
        endpoint = await reach("127.0.0.1", 1)
        connection = await H2Connection.open(endpoint, Recorder(), 1)
        live = connection.begin(GET)
        await live.send_head()
        await connection.close()
        return await live.finish(1)

    exchange = run(go())
    assert exchange.end is End.REFUSED
    assert exchange.detail


@pytest.mark.parametrize("reset", [True, False])
def test_a_lost_connection_ends_what_was_going_on(
    peer: Any, run: Any, h2talk: Any, reset: bool
) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        stream, _ = there.request()
        there.head(stream, 104)
        there.head(stream, 200)
        time.sleep(0.1)
        if reset:
            talk.reset()

    exchange, recorder = run(exchanged(peer(script)))
    assert exchange.end is (End.RESET if reset else End.CLOSED)
    assert "instead of the end of the content" in exchange.detail
    assert exchange.reset_code is None
    assert recorder.transcript().connections[0].closed_by == "peer"


def test_a_peer_that_does_not_read_stops_us_in_time(peer: Any, run: Any, h2talk: Any) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        stream, _ = there.request()
        there.h2.increment_flow_control_window(2**30, stream)
        there.h2.increment_flow_control_window(2**30)
        there.flush()
        time.sleep(1.5)

    there = peer(script)
    request = OutgoingRequest(method="POST", target="/", url="http://h/", framing=Framing.CHUNKED)

    async def go() -> tuple[int, float]:
        endpoint = await reach("127.0.0.1", there.port)
        connection = await H2Connection.open(endpoint, Recorder(), 3)
        live = connection.begin(request)
        await live.send_head()
        await live.wait({Point.FINAL}, 0.2)
        began = time.monotonic()
        handed = await live.send(bytes(64_000_000), at_most=0.5)
        took = time.monotonic() - began
        await connection.close()
        return handed, took

    handed, took = run(go())
    assert 0 < handed < 64_000_000
    assert took < 5
