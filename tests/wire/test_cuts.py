"""Interruptions: exactly what was handed over arrives, and the peer sees the end that was meant."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.transcript import CutHow, End, Exchange, SentRange
from conformance.wire import Recorder
from tests.wire.h1_requests import I104, connected, post

if TYPE_CHECKING:
    from tests.wire.conftest import Peer, Talk

ENDS = {CutHow.CLOSE: "fin", CutHow.HALF_CLOSE: "fin", CutHow.RESET: "rst"}


async def cut_upload(
    there: Peer, how: CutHow, count: int, *, total: int = 4_000_000, bound: float = 5.0
) -> tuple[Exchange, Recorder]:
    recorder = Recorder()
    connection = await connected(there, recorder)
    live = connection.begin(post(total))
    await live.send_head()
    await live.send(bytes(count), SentRange(start=0, end=count), at_most=bound)
    await live.cut(how, bound)
    exchange = await live.finish(5)
    await connection.close()
    return exchange, recorder


@pytest.mark.parametrize("count", [0, 1, 1000, 1_000_001])
@pytest.mark.parametrize("how", [CutHow.CLOSE, CutHow.HALF_CLOSE, CutHow.RESET])
def test_exactly_the_octets_handed_over_arrive(
    peer: Any, run: Any, how: CutHow, count: int
) -> None:
    def script(talk: Talk) -> tuple[int, str]:
        talk.head()
        octets, end = talk.rest()
        return len(octets), end

    there = peer(script)
    exchange, recorder = run(cut_upload(there, how, count))
    assert there.result() == (count, ENDS[how])
    cut = exchange.request.cut
    assert (cut.how, cut.content_handed, cut.note) == (how, count, "")
    if how is not CutHow.HALF_CLOSE:
        assert cut.acknowledged == count
    assert exchange.end is End.CUT
    assert not exchange.request.complete
    assert recorder.transcript().connections[0].reset is (how is CutHow.RESET)


@pytest.mark.parametrize("how", [CutHow.CLOSE, CutHow.RESET])
def test_a_slow_reader_still_gets_everything(peer: Any, run: Any, how: CutHow) -> None:
    def script(talk: Talk) -> tuple[int, str]:
        talk.head()
        seen = 0
        for _ in range(10):
            seen += len(talk.take(10_000))
            time.sleep(0.02)
        octets, end = talk.rest()
        return seen + len(octets), end

    there = peer(script)
    exchange, _ = run(cut_upload(there, how, 3_000_000))
    assert there.result() == (3_000_000, ENDS[how])
    assert exchange.request.cut.acknowledged == 3_000_000


def test_an_unread_interim_does_not_turn_fin_into_rst(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> tuple[bytes, str]:
        talk.head()
        talk.say(I104 * 50)
        octets, end = talk.rest()
        talk.say(I104 * 50)  # would bring a RST if the socket were gone
        return octets, end

    there = peer(script)
    exchange, _ = run(cut_upload(there, CutHow.CLOSE, 5000))
    assert there.result() == (bytes(5000), "fin")
    assert exchange.interims_seen == 100
    assert exchange.end is End.CUT


def test_an_answer_to_a_closed_upload_is_recorded(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        talk.rest()
        talk.say(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    exchange, _ = run(cut_upload(peer(script), CutHow.CLOSE, 5))
    assert exchange.end is End.CUT
    assert exchange.final.status == 400


def test_an_exchange_goes_on_after_a_half_close(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        talk.rest()
        talk.say(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    exchange, recorder = run(cut_upload(peer(script), CutHow.HALF_CLOSE, 5))
    assert exchange.end is End.FINAL
    assert exchange.request.cut.how is CutHow.HALF_CLOSE
    assert recorder.transcript().connections[0].closed_by in {"peer", "us"}


def test_truncating_cleartext_closes_and_says_so(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> tuple[bytes, str]:
        talk.head()
        return talk.rest()

    there = peer(script)
    exchange, _ = run(cut_upload(there, CutHow.TLS_TRUNCATE, 7))
    assert there.result() == (bytes(7), "fin")
    assert exchange.request.cut.how is CutHow.CLOSE
    assert "no TLS" in exchange.request.cut.note


def test_a_cut_does_not_wait_forever_for_a_peer_that_does_not_read(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        talk.sock.recv(1)
        stop.wait(8)

    import threading

    stop = threading.Event()
    try:
        exchange, _ = run(
            cut_upload(peer(script), CutHow.RESET, 30_000_000, total=40_000_000, bound=0.3)
        )
    finally:
        stop.set()
    cut = exchange.request.cut
    assert 0 < cut.content_handed < 30_000_000
    assert cut.content_handed == exchange.request.ranges[0].end
    assert cut.acknowledged < cut.content_handed
    assert "not acknowledged" in cut.note


def test_a_peer_that_keeps_its_side_open_does_not_hold_a_close_up(peer: Any, run: Any) -> None:
    import threading

    stop = threading.Event()

    def script(talk: Talk) -> str:
        talk.head()
        _, end = talk.rest()
        stop.wait(8)
        return end

    there = peer(script)
    try:
        exchange, _ = run(cut_upload(there, CutHow.CLOSE, 5, bound=0.2))
    finally:
        stop.set()
    assert exchange.end is End.CUT
    assert there.result() == "fin"


@pytest.mark.parametrize("how", [CutHow.CLOSE, CutHow.RESET, CutHow.HALF_CLOSE])
def test_a_peer_that_ended_first_is_noted(peer: Any, run: Any, how: CutHow) -> None:
    async def work(there: Peer) -> Exchange:
        connection = await connected(there, Recorder())
        live = connection.begin(post(10))
        await live.send_head()
        await live.linger(5)
        await live.cut(how, 1)
        exchange = await live.finish(1)
        await connection.close()
        return exchange

    exchange = run(work(peer(lambda talk: talk.head())))
    assert exchange.end is End.CLOSED
    assert exchange.request.cut.note == "the connection had ended before"


def test_a_cut_after_the_answer_leaves_the_answer(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> tuple[bytes, str]:
        talk.head()
        talk.say(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
        return talk.rest()

    async def work(there: Peer) -> Exchange:
        connection = await connected(there, Recorder())
        live = connection.begin(post(0))
        await live.send_head()
        await live.finish(5)
        await live.cut(CutHow.RESET, 1)
        await connection.close()
        return live.snapshot()

    there = peer(script)
    exchange = run(work(there))
    assert there.result() == (b"", "rst")
    assert exchange.end is End.FINAL
    assert exchange.request.cut is not None


def test_a_cut_ends_pipelined_exchanges_too(peer: Any, run: Any) -> None:
    async def work(there: Peer) -> tuple[Exchange, Exchange]:
        connection = await connected(there, Recorder())
        first, second = connection.begin(post(5)), connection.begin(post(5))
        await first.send_head()
        await first.cut(CutHow.CLOSE, 1)
        exchanges = await first.finish(1), await second.finish(1)
        await connection.close()
        return exchanges

    first, second = run(work(peer(lambda talk: talk.rest())))
    assert (first.end, second.end) == (End.CUT, End.CUT)
    assert second.request.cut is None


def test_what_is_held_back_never_leaves_a_cut_exchange(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> tuple[bytes, str]:
        talk.head()
        return talk.rest()

    async def work(there: Peer) -> Exchange:
        connection = await connected(there, Recorder())
        live = connection.begin(post(5))
        await live.send_head()
        await live.send(b"abcde", hold_back=2)
        await live.cut(CutHow.CLOSE, 2)
        live.release_now()
        await connection.close()
        return live.snapshot()

    there = peer(script)
    exchange = run(work(there))
    assert there.result() == (b"abc", "fin")
    assert exchange.request.cut.content_handed == 3
