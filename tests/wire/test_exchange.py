"""Exchanges with peers that behave: responses, connections and what is recorded of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.scenario import Point
from conformance.model.transcript import End, Exchange, FieldLine, SentRange
from conformance.wire import OutgoingRequest, Recorder
from tests.wire.h1_requests import F201, I100, I104, connected, get, post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wire.conftest import Peer, Talk


def test_an_ordinary_upload_is_recorded(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> bytes:
        seen = talk.head()
        talk.say(I104)
        seen += talk.take(10)
        talk.say(F201)
        talk.rest()
        return seen

    async def work(there: Peer) -> tuple[Exchange, Recorder]:
        recorder = Recorder()
        connection = await connected(there, recorder)
        live = connection.begin(post())
        await live.send_head()
        assert await live.wait([Point.INTERIM_104], 5) is Point.INTERIM_104
        assert not live.ended
        assert await live.send(b"0123", SentRange(start=100, end=104, mark=3)) == 4
        assert live.snapshot().end is End.OPEN
        assert await live.send(b"456789", SentRange(start=104, end=110, mark=3)) == 6
        await live.end_content()
        exchange = await live.finish(5)
        assert connection.reusable
        await connection.close()
        return exchange, recorder

    there = peer(script)
    exchange, recorder = run(work(there))
    head = b"POST /f HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n"
    assert there.result() == head + b"0123456789"
    sent, final = exchange.request, exchange.final
    assert exchange.end is End.FINAL
    assert sent.head == head
    assert sent.handed == 10
    assert sent.ranges == (SentRange(start=100, end=110, mark=3),)
    assert sent.complete
    (interim,) = exchange.interims
    assert (interim.status, interim.sent_before, interim.content) == (104, 0, None)
    assert final is not None
    assert final.content is not None
    assert (final.status, final.content.octets, final.sent_before) == (201, b"ok", 10)
    order = (sent.head_at, interim.at, sent.content_at, sent.ended_at, final.at, final.ended)
    moments = [moment for moment in order if moment is not None]
    assert len(moments) == 6
    assert moments == sorted(moments)
    (connection,) = recorder.transcript().connections
    assert (connection.closed_by, connection.reset) == ("us", False)


def test_interims_may_come_after_the_content(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        talk.take(10)
        talk.say(I104 + I104)
        talk.say(F201)

    async def work(there: Peer) -> Exchange:
        live = (connection := await connected(there, Recorder())).begin(post())
        await live.send_head()
        await live.send(b"x" * 10)
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    exchange = run(work(peer(script)))
    assert [each.sent_before for each in exchange.interims] == [10, 10]
    assert exchange.interims_seen == 2


def test_an_early_final_response_does_not_wait_for_the_content(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> tuple[bytes, str]:
        talk.head()
        talk.say(b"HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n")
        return talk.rest()

    async def work(there: Peer) -> tuple[Exchange, bool]:
        connection = await connected(there, Recorder())
        live = connection.begin(post())
        await live.send_head()
        wanted = [Point.INTERIM_104, Point.FINAL_HEAD]
        assert await live.wait(wanted, 5) is Point.FINAL_HEAD
        exchange = await live.finish(5)
        assert await live.wait([Point.INTERIM_104], 5) is None
        reusable = connection.reusable
        await connection.close()
        return exchange, reusable

    exchange, reusable = run(work(peer(script)))
    assert exchange.end is End.FINAL
    assert not exchange.request.complete
    assert not reusable


def test_a_connection_is_used_again(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> None:
        for _ in range(3):
            talk.head()
            talk.say(F201)

    async def work(there: Peer) -> list[Exchange]:
        recorder = Recorder()
        connection = await connected(there, recorder)
        for _ in range(3):
            assert connection.reusable
            live = connection.begin(get())
            await live.send_head()
            await live.finish(5)
        await connection.close()
        return list(recorder.transcript().exchanges)

    exchanges = run(work(peer(script)))
    assert [(each.id, each.connection, each.end) for each in exchanges] == [
        (0, 0, End.FINAL), (1, 0, End.FINAL), (2, 0, End.FINAL),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "answer", "reusable"),
    [
        (get(), F201, True),
        (get(), b"HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n", False),
        (get("GET", FieldLine(b"Connection", b"close")), F201, False),
        (get(), b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", False),
        (get(), b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", True),
        (get(version="HTTP/1.0"), F201, False),
        (get(), b"HTTP/1.1 101 X\r\nUpgrade: y\r\n\r\n", False),
        (get(), F201 + b"stray", False),
        (get(), F201 + F201, False),
    ],
)
def test_a_connection_is_reusable_only_if_both_sides_say_so(
    peer: Any, run: Any, request_: OutgoingRequest, answer: bytes, reusable: bool
) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        talk.say(answer)
        talk.rest()

    async def work(there: Peer) -> bool:
        connection = await connected(there, Recorder())
        live = connection.begin(request_)
        await live.send_head()
        await live.finish(5)
        found = connection.reusable
        await connection.close()
        return found

    assert run(work(peer(script))) is reusable


def test_a_connection_the_peer_closed_after_its_answer_is_not_reusable(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        talk.say(F201)

    async def work(there: Peer) -> Exchange:
        connection = await connected(there, Recorder())
        live = connection.begin(get())
        await live.send_head()
        await live.finish(5)
        await live.linger(5)
        assert not connection.reusable
        again = connection.begin(get())
        await again.send_head()
        exchange = await again.finish(5)
        await connection.close()
        return exchange

    exchange = run(work(peer(script)))
    assert (exchange.end, exchange.request.head_at) == (End.CLOSED, None)


def test_octets_after_a_response_are_stray(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        talk.say(b"hello" + bytes(10_000))

    async def work(there: Peer) -> Recorder:
        recorder = Recorder()
        connection = await connected(there, recorder)
        live = connection.begin(get("HEAD"))
        await live.send_head()
        await live.finish(5)
        await live.linger(5)
        await connection.close()
        return recorder

    transcript = run(work(peer(script))).transcript()
    assert transcript.exchanges[0].end is End.FINAL
    assert transcript.exchanges[0].stray[:5] == b"hello"
    assert len(transcript.exchanges[0].stray) == 4096
    assert transcript.connections[0].after_end == transcript.exchanges[0].stray
    assert transcript.connections[0].closed_by == "peer"


def test_pipelined_responses_are_matched_in_order(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> list[bytes]:
        heads = [talk.head(), talk.head()]
        talk.say(I104 + b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na" + I100)
        talk.say(b"HTTP/1.1 202 OK\r\nContent-Length: 1\r\n\r\nb")
        return heads

    async def work(there: Peer) -> tuple[Exchange, Exchange]:
        connection = await connected(there, Recorder())
        first, second = connection.begin(get()), connection.begin(get("DELETE"))
        await first.send_head()
        await second.send_head()
        late = await second.finish(5)
        early = await first.finish(5)
        await connection.close()
        return early, late

    early, late = run(work(peer(script)))
    assert [each.status for each in early.interims] == [104]
    assert [each.status for each in late.interims] == [100]
    assert early.final.content.octets == b"a"
    assert late.final.content.octets == b"b"


def test_the_record_can_be_taken_midway(peer: Any, run: Any) -> None:
    async def work(there: Peer) -> None:
        recorder = Recorder()
        connection = await connected(there, recorder)
        live = connection.begin(post())
        await live.send_head()
        before = recorder.transcript()
        await live.send(b"0123456789")
        after = recorder.transcript()
        await connection.close()
        assert before.exchanges[0].end is End.OPEN
        assert (before.exchanges[0].request.handed, after.exchanges[0].request.handed) == (0, 10)
        assert before.connections[0].closed is None
        assert recorder.exchange(0).end is End.OPEN

    run(work(peer(lambda talk: talk.rest())))


def test_an_injected_clock_tells_the_time() -> None:
    ticks: Callable[[], float] = iter([5.0, 6.5, 8.0]).__next__
    recorder = Recorder(ticks)
    assert [(m.seq, m.at) for m in (recorder.moment(), recorder.moment())] == [(1, 1.5), (2, 3.0)]
