"""Exchanges with peers that behave: how content goes out, is held back and is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.scenario import Point
from conformance.model.transcript import End, Exchange, FieldLine, Framing, SentRange
from conformance.wire import OutgoingRequest, Recorder
from tests.wire.h1_requests import F201, connected, post

if TYPE_CHECKING:
    from tests.wire.conftest import Peer, Talk


def test_chunks_are_framed_and_counted_without_their_frames(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> bytes:
        talk.head()
        seen = talk.take(len(b"3\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n"))
        talk.say(F201)
        return seen

    async def work(there: Peer) -> Exchange:
        connection = await connected(there, Recorder())
        live = connection.begin(post(None, Framing.CHUNKED))
        await live.send_head()
        assert await live.send(b"abc", SentRange(start=0, end=3)) == 3
        assert await live.send(b"", SentRange(start=3, end=3)) == 0
        assert await live.send(b"de", SentRange(start=7, end=9)) == 2
        assert not live.snapshot().request.complete
        await live.end_content((FieldLine(b"T", b"v"),))
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    there = peer(script)
    exchange = run(work(there))
    assert there.result() == b"3\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n"
    assert exchange.request.handed == 5
    assert exchange.request.ranges == (SentRange(start=0, end=3), SentRange(start=7, end=9))
    assert exchange.request.complete


def test_content_may_be_ended_by_closing_our_side(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> tuple[bytes, str]:
        talk.head()
        seen = talk.rest()
        talk.say(F201)
        return seen

    async def work(there: Peer) -> Exchange:
        connection = await connected(there, Recorder())
        live = connection.begin(post(None, Framing.CLOSE))
        await live.send_head()
        await live.send(b"abc")
        await live.end_content()
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    there = peer(script)
    exchange = run(work(there))
    assert there.result() == (b"abc", "fin")
    assert (exchange.end, exchange.request.complete) == (End.FINAL, True)


def test_raw_octets_go_out_as_they_are(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> bytes:
        seen = talk.head() + talk.take(6)
        talk.say(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        return seen

    async def work(there: Peer) -> Exchange:
        connection = await connected(there, Recorder())
        live = connection.begin(
            OutgoingRequest(method="POST", target="", url="http://h/", framing=Framing.RAW)
        )
        await live.send_head()
        await live.send_raw(b"POST /\r\n\r\n")
        await live.send_raw(b"abc")
        await live.send(b"def", SentRange(start=3, end=6))
        assert not live.snapshot().request.complete
        await live.end_content()
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    there = peer(script)
    exchange = run(work(there))
    assert there.result() == b"POST /\r\n\r\nabcdef"
    assert exchange.request.head == b"POST /\r\n\r\nabcdef"
    assert exchange.request.ranges == (SentRange(start=3, end=6),)
    assert exchange.request.complete
    assert exchange.end is End.FINAL


def test_a_length_that_is_not_declared_ends_when_told(peer: Any, run: Any) -> None:
    async def work(there: Peer) -> None:
        connection = await connected(there, Recorder())
        live = connection.begin(post(None))
        await live.send_head()
        await live.send(b"abc")
        assert not live.snapshot().request.complete
        await live.end_content()
        assert live.snapshot().request.complete
        await connection.close()

    run(work(peer(lambda talk: talk.rest())))


@pytest.mark.parametrize("at_head", [True, False])
def test_what_is_held_back_is_released_at_once_on_two_connections(
    peer: Any, run: Any, at_head: bool
) -> None:
    def script(talk: Talk) -> None:
        talk.head()
        talk.take(10)
        talk.say(F201)

    async def work(there: Peer) -> list[Exchange]:
        recorder = Recorder()
        connections = [await connected(there, recorder) for _ in range(2)]
        lives = [connection.begin(post()) for connection in connections]
        for live in lives:
            await live.send_head(hold_back=2 if at_head else 0)
            handed = await live.send(
                b"0123456789", SentRange(start=0, end=10), hold_back=0 if at_head else 1
            )
            await live.end_content()
            assert handed == (0 if at_head else 9)
            assert await live.wait([Point.FINAL_HEAD], 0.05) is None
            assert (live.snapshot().request.head_at is None) is at_head
        released = [live.release_now() for live in lives]
        exchanges = [await live.finish(5) for live in lives]
        assert released == sorted(released)
        for connection in connections:
            await connection.close()
        return exchanges

    exchanges = run(work(peer(script)))
    assert [each.end for each in exchanges] == [End.FINAL, End.FINAL]
    sent = [each.request for each in exchanges]
    assert all(each.ranges == (SentRange(start=0, end=10),) for each in sent)
    last_release = max(each.ended_at for each in sent)
    assert all(last_release < each.final.at for each in exchanges)


def test_a_chunk_may_be_held_back_with_its_end(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> bytes:
        talk.head()
        return talk.take(len(b"3\r\nabc\r\n0\r\n\r\n"))

    async def work(there: Peer) -> None:
        connection = await connected(there, Recorder())
        live = connection.begin(post(None, Framing.CHUNKED))
        await live.send_head()
        assert await live.send(b"abc", SentRange(start=5, end=8), hold_back=1) == 2
        await live.end_content()
        assert live.snapshot().request.ranges == (SentRange(start=5, end=7),)
        live.release_now()
        assert live.snapshot().request.ranges == (SentRange(start=5, end=8),)
        assert live.snapshot().request.complete
        await live.linger(5)
        await connection.close()

    there = peer(script)
    run(work(there))
    assert there.result() == b"3\r\nabc\r\n0\r\n\r\n"


def test_much_content_released_at_once_goes_out_behind_the_scenes(peer: Any, run: Any) -> None:
    size = 12_000_000

    def script(talk: Talk) -> int:
        talk.head()
        seen = len(talk.take(size))
        talk.say(F201)
        return seen

    async def work(there: Peer) -> Exchange:
        connection = await connected(there, Recorder())
        live = connection.begin(post(size))
        await live.send_head(hold_back=2)
        await live.send(bytes(size), SentRange(start=0, end=size))
        live.release_now()
        exchange = await live.finish(15)
        await connection.close()
        return exchange

    there = peer(script)
    exchange = run(work(there))
    assert there.result() == size
    assert exchange.request.handed == size


def test_responses_are_noticed_while_the_kernel_takes_everything(peer: Any, run: Any) -> None:
    def script(talk: Talk) -> tuple[bytes, str]:
        talk.head()
        talk.say(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
        return talk.rest()

    async def work(there: Peer) -> bool:
        connection = await connected(there, Recorder())
        live = connection.begin(post(10**9))
        await live.send_head()
        for _ in range(100_000):
            await live.send(b"x" * 1000)
            if live.ended:
                break
        await connection.close()
        return live.ended

    assert run(work(peer(script)))
