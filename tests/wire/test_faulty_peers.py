"""Peers that do what they should not: always a record, never an exception, never without bound."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.scenario import Point
from conformance.model.transcript import (
    CutHow,
    End,
    Exchange,
    Stored,
    Transcript,
)
from conformance.wire import Address, Endpoint, H1Connection, Recorder, reach
from tests.wire.h1_requests import get, post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.wire.conftest import Peer, Talk

GET = get()
UPLOAD = post(100_000_000)
F200 = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


async def ask(
    there: Peer, *, at_most: float = 5.0, linger: float = 0.0, max_content: int = 10_000_000
) -> tuple[Exchange, Transcript]:
    recorder = Recorder()
    endpoint = await reach("127.0.0.1", there.port)
    connection = await H1Connection.open(endpoint, recorder, 5, max_content=max_content)
    live = connection.begin(GET)
    await live.send_head()
    await live.finish(at_most)
    await live.linger(linger)
    await connection.close()
    return live.snapshot(), recorder.transcript()


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_a_refused_connection_is_an_ended_exchange(run: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address(socket.AF_INET, listener.getsockname())

    async def work() -> tuple[Exchange, Transcript]:
        recorder = Recorder()
        endpoint = Endpoint(host="127.0.0.1", port=address.sockaddr[1], address=address)
        connection = await H1Connection.open(endpoint, recorder, 5)
        assert not connection.usable
        assert not connection.reusable
        live = connection.begin(UPLOAD)
        await live.send_head()
        assert await live.send(b"x") == 0
        await live.end_content()
        live.release_now()
        assert await live.wait([Point.FINAL], 5) is None
        await live.cut(CutHow.RESET, 5)
        await live.linger(5)
        exchange = await live.finish(5)
        await connection.close()
        return exchange, recorder.transcript()

    exchange, transcript = run(work())
    assert exchange.end is End.REFUSED
    assert "refused" in exchange.detail
    assert exchange.request.cut.note == "there was no connection"
    assert transcript.connections[0].opened is None


def test_an_address_that_does_not_answer_is_given_up(run: Any) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        with contextlib.ExitStack() as stack:
            for _ in range(4):  # fills the backlog, so that nobody answers any more
                filler = stack.enter_context(socket.socket())
                filler.setblocking(False)
                filler.connect_ex(address)

            async def work() -> str:
                endpoint = Endpoint(
                    host="x", port=address[1], address=Address(socket.AF_INET, address)
                )
                connection = await H1Connection.open(endpoint, Recorder(), 0.2)
                return connection.failure

            assert "no connection within 0.2 s" in run(work())


def test_a_peer_that_closes_at_once(peer: Any, run: Any) -> None:
    exchange, transcript = run(ask(peer(lambda _: None)))
    assert exchange.end in {End.CLOSED, End.RESET}
    assert transcript.connections[0].closed_by == "peer"


def test_a_peer_that_closes_without_an_answer(peer: Any, run: Any) -> None:
    exchange, transcript = run(ask(peer(lambda talk: talk.head())))
    assert exchange.end is End.CLOSED
    assert "instead of a response" in exchange.detail
    assert transcript.connections[0].closed_by == "peer"


def test_a_peer_that_resets(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        talk.reset()

    exchange, transcript = run(ask(peer(script)))
    assert exchange.end is End.RESET
    assert transcript.connections[0].reset


def test_a_response_before_a_reset_is_kept(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        talk.say(F200)
        talk.reset()

    exchange, transcript = run(ask(peer(script), linger=5))
    assert exchange.end is End.FINAL
    assert transcript.connections[0].reset


@pytest.mark.parametrize(
    ("octets", "awaited"),
    [
        (b"HTTP/1.1 200 O", "the end of a header section"),
        (F200[:-1], "the end of the content"),
        (b"HTTP/1.1 104 X\r\n\r\n", "a response"),
    ],
)
def test_a_peer_that_closes_midway(peer: Any, run: Any, octets: bytes, awaited: str) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        talk.say(octets)

    exchange, _ = run(ask(peer(script)))
    assert exchange.end is End.CLOSED
    assert awaited in exchange.detail
    if exchange.final is not None:
        assert exchange.final.ended is None
        assert exchange.final.content is not None
        assert (exchange.final.content.octets, exchange.final.content.complete) == (b"hell", False)


def test_content_that_ends_with_the_connection_is_complete(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        talk.say(b"HTTP/1.1 200 OK\r\n\r\nhello")

    exchange, _ = run(ask(peer(script)))
    assert exchange.end is End.FINAL
    assert exchange.final.content.octets == b"hello"


@pytest.mark.parametrize("first", [True, False])
def test_a_peer_that_does_not_speak_http(peer: Any, run: Any, first: bool) -> None:
    def script(talk: Talk) -> None:
        if not first:
            talk.head()
        talk.say(b"SSH-2.0-OpenSSH_9\r\n")
        talk.rest()

    exchange, _ = run(ask(peer(script)))
    assert exchange.end is End.MALFORMED
    assert exchange.stray == b"SSH-2.0-OpenSSH_9\r\n"


@pytest.mark.parametrize("closes", [True, False])
def test_a_peer_that_answers_before_it_is_asked(peer: Any, run: Any, closes: bool) -> None:
    def script(talk: Talk) -> None:
        talk.say(F200)
        if closes:
            talk.sock.shutdown(socket.SHUT_WR)
        talk.rest()

    async def work(there: Peer) -> Exchange:
        connection = await H1Connection.open(await reach("127.0.0.1", there.port), Recorder(), 5)
        await connection.pulse.until(lambda: connection.over, 5 if closes else 0.1)
        live = connection.begin(GET)
        await live.send_head()
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    exchange = run(work(peer(script)))
    assert exchange.end is End.FINAL
    assert exchange.final.status == 200


def test_octets_nobody_asked_for_are_kept_with_the_connection(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> None:
        talk.say(b"220 hello\r\n")
        talk.rest()

    async def work(there: Peer) -> Transcript:
        recorder = Recorder()
        connection = await H1Connection.open(await reach("127.0.0.1", there.port), recorder, 5)
        await connection.pulse.until(lambda: not connection.reusable, 5)
        await connection.close()
        return recorder.transcript()

    transcript = run(work(peer(script)))
    assert transcript.connections[0].after_end == b"220 hello\r\n"


def test_a_malformed_response_ends_those_pipelined_behind_it(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        talk.say(b"HTTP/1.1 20 OK\r\n\r\n")
        talk.rest()

    async def work(there: Peer) -> list[Exchange]:
        connection = await H1Connection.open(await reach("127.0.0.1", there.port), Recorder(), 5)
        lives = [connection.begin(GET), connection.begin(GET)]
        for live in lives:
            await live.send_head()
        exchanges = [await live.finish(5) for live in lives]
        await connection.close()
        return exchanges

    first, second = run(work(peer(script)))
    assert (first.end, second.end) == (End.MALFORMED, End.MALFORMED)
    assert first.stray
    assert "earlier" in second.detail


def test_a_silent_peer_meets_the_deadline(peer: Any, run: Any) -> None:
    exchange, _ = run(ask(peer(lambda talk: talk.rest()), at_most=0.2))
    assert (exchange.end, exchange.detail) == (End.DEADLINE, "no octet within 0.2 s")


@pytest.mark.parametrize(
    ("octets", "detail"),
    [
        (b"HTTP/1.1 104 X\r\n\r\n", "no final response within 0.3 s"),
        (F200[:-1], "the final response was not complete within 0.3 s"),
    ],
)
def test_a_peer_that_stops_midway_meets_the_deadline(
    peer: Any, run: Any, octets: bytes, detail: str
) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        talk.say(octets)
        talk.rest()

    exchange, _ = run(ask(peer(script), at_most=0.3))
    assert (exchange.end, exchange.detail) == (End.DEADLINE, detail)


def test_an_answer_after_the_deadline_is_stray(peer: Any, run: Any, stop: threading.Event) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        stop.wait(5)
        talk.say(F200)

    async def work(there: Peer) -> Exchange:
        connection = await H1Connection.open(await reach("127.0.0.1", there.port), Recorder(), 5)
        live = connection.begin(GET)
        await live.send_head()
        await live.finish(0.1)
        stop.set()
        await live.linger(5)
        await connection.close()
        return live.snapshot()

    exchange = run(work(peer(script)))
    assert exchange.end is End.DEADLINE
    assert exchange.final is None
    assert exchange.stray.startswith(b"HTTP/1.1 200 OK")


def _flood(talk: Talk, begin: bytes, piece: bytes, times: int) -> None:
    talk.head()
    talk.say(begin)
    for _ in range(times):
        talk.say(piece)


@pytest.mark.parametrize(
    ("begin", "piece", "words"),
    [
        (b"", b"HTTP/1.1 104 X\r\n\r\n" * 100, "interim responses"),
        (b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 1000 + b"\r\n", "header section"),
        (b"HTTP/1.1 200 OK\r\n\r\n", bytes(65_536), "content"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"10000\r\n" + bytes(65_536) + b"\r\n",
            "content",
        ),
    ],
)
def test_endless_responses_are_bounded(
    peer: Any, run: Any, begin: bytes, piece: bytes, words: str
) -> None:
    exchange, _ = run(
        ask(peer(lambda talk: _flood(talk, begin, piece, 1000)), max_content=2_000_000)
    )
    assert exchange.end is End.BOUND
    assert words in exchange.detail
    assert len(exchange.interims) <= 1000
    if words == "interim responses":
        assert exchange.interims_seen == 10_001


def test_endless_octets_after_the_answer_are_not_read_for_ever(peer: Any, run: Any) -> None:
    exchange, transcript = run(
        ask(peer(lambda talk: _flood(talk, F200, bytes(65_536), 1000)), linger=5)
    )
    assert exchange.end is End.FINAL
    assert len(transcript.connections[0].after_end) == 4096


@pytest.mark.parametrize("resets", [True, False])
def test_sending_stops_when_the_peer_ends_the_connection(peer: Any, run: Any, resets: bool) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        if resets:
            talk.reset()

    async def work(there: Peer) -> Exchange:
        connection = await H1Connection.open(await reach("127.0.0.1", there.port), Recorder(), 5)
        live = connection.begin(UPLOAD)
        await live.send_head()
        for _ in range(1000):
            if await live.send(bytes(100_000)) < 100_000:
                break
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    exchange = run(work(peer(script)))
    assert exchange.end in {End.RESET, End.CLOSED}
    assert exchange.request.handed < 100_000_000


def test_sending_stops_when_the_peer_does_not_read(
    peer: Any, run: Any, stop: threading.Event
) -> None:
    async def work(there: Peer) -> int:
        connection = await H1Connection.open(await reach("127.0.0.1", there.port), Recorder(), 5)
        live = connection.begin(UPLOAD)
        await live.send_head()
        handed = await live.send(bytes(50_000_000), at_most=0.2)
        assert handed == live.snapshot().request.handed
        await connection.close()
        return handed

    handed = run(work(peer(lambda _: stop.wait(8))))
    stop.set()
    assert 0 < handed < 50_000_000


def test_a_request_after_our_half_close_is_not_sent(peer: Any, run: Any) -> None:
    async def work(there: Peer) -> tuple[Exchange, Exchange]:
        connection = await H1Connection.open(await reach("127.0.0.1", there.port), Recorder(), 5)
        first = connection.begin(UPLOAD)
        await first.send_head()
        await first.cut(CutHow.HALF_CLOSE, 1)
        second = connection.begin(GET)
        await second.send_head()
        before = first.snapshot(), second.snapshot()
        await connection.close()
        return before

    first, second = run(work(peer(lambda talk: talk.rest() and talk.rest())))
    assert first.end is End.OPEN or first.end is End.CUT
    assert (second.end, second.request.head_at) == (End.CLOSED, None)


def test_a_wait_that_is_cancelled_leaves_nothing_behind(
    peer: Any, run: Any, stop: threading.Event
) -> None:
    async def work(there: Peer) -> Exchange:
        connection = await H1Connection.open(await reach("127.0.0.1", there.port), Recorder(), 5)
        live = connection.begin(GET)
        await live.send_head()
        waiting = asyncio.create_task(live.wait([Point.FINAL], 5))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        stop.set()
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    def script(talk: Talk) -> None:
        talk.head()
        stop.wait(8)
        talk.say(F200)

    assert run(work(peer(script))).end is End.FINAL


def test_nothing_is_left_open_when_connecting_is_cancelled(run: Any) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        with contextlib.ExitStack() as stack:
            for _ in range(4):
                filler = stack.enter_context(socket.socket())
                filler.setblocking(False)
                filler.connect_ex(address)

            async def work() -> None:
                endpoint = Endpoint(
                    host="x", port=address[1], address=Address(socket.AF_INET, address)
                )
                async with asyncio.timeout(0.1):
                    await H1Connection.open(endpoint, Recorder(), 5)

            with pytest.raises(TimeoutError):
                run(work())


def test_read_backs_are_part_of_the_transcript() -> None:
    recorder = Recorder()
    stored = Stored(way="GET", found=False)
    recorder.keep(stored)
    assert recorder.transcript().stored == (stored,)
