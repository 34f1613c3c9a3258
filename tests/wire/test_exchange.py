"""Exchanges with peers that behave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.scenario import Point
from conformance.model.transcript import End, Exchange, FieldLine, Framing, SentRange
from conformance.wire import Endpoint, H1Connection, OutgoingRequest, Recorder, reach

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.wire.conftest import Peer, Talk

I100 = b"HTTP/1.1 100 Continue\r\n\r\n"
I104 = b"HTTP/1.1 104 Upload Resumption Supported\r\nLocation: /u\r\n\r\n"
F201 = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"


def post(length: int | None = 10, framing: Framing = Framing.CONTENT_LENGTH) -> OutgoingRequest:
    fields = [FieldLine(b"Host", b"h")]
    if framing is Framing.CHUNKED:
        fields.append(FieldLine(b"Transfer-Encoding", b"chunked"))
    elif length is not None:
        fields.append(FieldLine(b"Content-Length", b"%d" % length))
    return OutgoingRequest(
        method="POST",
        target="/f",
        url="http://h/f",
        fields=tuple(fields),
        framing=framing,
        declared=length,
    )


def get(method: str = "GET", *fields: FieldLine, version: str = "HTTP/1.1") -> OutgoingRequest:
    fields = (FieldLine(b"Host", b"h"), *fields)
    return OutgoingRequest(
        method=method, target="/f", url="http://h/f", fields=fields, version=version
    )


async def connected(peer: Peer, recorder: Recorder) -> H1Connection:
    endpoint: Endpoint = await reach("127.0.0.1", peer.port)
    return await H1Connection.open(endpoint, recorder, 5)


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
