"""Interruptions over HTTP/2: of one stream, of our side of it, or of the whole connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from h2.events import DataReceived, StreamEnded, StreamReset, TrailersReceived
from h2.settings import SettingCodes

from conformance.model.scenario import Point
from conformance.model.transcript import CutHow, End, Exchange, FieldLine, Framing
from conformance.wire import H2Connection, OutgoingRequest, Recorder, reach

if TYPE_CHECKING:
    from tests.wire.conftest import H2Talk, Peer, Talk


def upload(length: int | None) -> OutgoingRequest:
    fields: tuple[FieldLine, ...] = (FieldLine(b"Host", b"h"),)
    if length is not None:
        fields += (FieldLine(b"Content-Length", b"%d" % length),)
    return OutgoingRequest(
        method="POST",
        target="/f",
        url="http://h/f",
        fields=fields,
        framing=Framing.CHUNKED if length is None else Framing.CONTENT_LENGTH,
        declared=length,
    )


async def connected(peer: Peer, recorder: Recorder) -> H2Connection:
    return await H2Connection.open(await reach("127.0.0.1", peer.port), recorder, 5)


async def whole(connection: H2Connection) -> Exchange:
    live = connection.begin(upload(1))
    await live.send_head()
    await live.send(b"x")
    await live.end_content()
    return await live.finish(5)


@pytest.mark.parametrize("count", [0, 1, 30_000, 300_001])
def test_a_reset_ends_one_stream_after_exactly_what_was_sent(
    peer: Any, run: Any, h2talk: Any, count: int
) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        stream, _ = there.request()
        code = there.until(StreamReset, stream).error_code
        other, _ = there.request()
        there.content(other)
        there.answer(other, 200)
        there.rest()
        return len(there.so_far(stream)), code

    there, recorder = peer(script), Recorder()

    async def go() -> tuple[Exchange, Exchange]:
        connection = await connected(there, recorder)
        live = connection.begin(upload(4_000_000))
        await live.send_head()
        assert await live.send(bytes(count)) == count
        await live.cut(CutHow.RESET, 5)
        cut = await live.finish(5)
        other = await whole(connection)
        await connection.close()
        return cut, other

    cut, other = run(go())
    assert there.result() == (count, 8)
    made = cut.request.cut
    assert made is not None
    assert (made.how, made.content_handed, made.acknowledged) == (CutHow.RESET, count, count)
    assert made.note == ""
    assert (cut.end, cut.reset_code, cut.request.complete) == (End.CUT, None, False)
    assert other.end is End.FINAL
    assert not recorder.transcript().connections[0].reset


def test_what_still_comes_on_a_stream_we_reset_is_ignored(peer: Any, run: Any, h2talk: Any) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        stream, _ = there.request()
        there.head(stream, 200, content_length="3")
        there.say(b"\0\0\3\0\0\0\0\0\1abc" * 5)
        there.until(StreamReset, stream)
        there.say(b"\0\0\3\0\0\0\0\0\1abc" * 5, b"\0\0\4\3\0\0\0\0\1\0\0\0\0")
        other, _ = there.request()
        there.content(other)
        there.answer(other, 200)
        return there.rest()

    there = peer(script)

    async def go() -> tuple[Exchange, Exchange]:
        connection = await connected(there, Recorder())
        live = connection.begin(upload(9))
        await live.send_head()
        await live.wait(
            [Point.FINAL_HEAD], 5
        )  # before it, the peer would have nothing to answer on
        await live.cut(CutHow.RESET, 5)
        await live.linger(0.1)
        other = await whole(connection)
        await connection.close()
        return live.snapshot(), other

    cut, other = run(go())
    assert cut.end is End.CUT
    assert other.end is End.FINAL
    assert there.result() == "fin"


@pytest.mark.parametrize("how", [CutHow.CLOSE, CutHow.TLS_TRUNCATE])
def test_a_lost_connection_ends_every_exchange_on_it(
    peer: Any, run: Any, h2talk: Any, how: CutHow
) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        first, _ = there.request()
        second, _ = there.request()
        end = there.rest()
        goaway = any(type(event).__name__ == "ConnectionTerminated" for event in there.log)
        return len(there.so_far(first)), len(there.so_far(second)), end, goaway

    there, recorder = peer(script), Recorder()

    async def go() -> tuple[Exchange, Exchange]:
        connection = await connected(there, recorder)
        first, second = connection.begin(upload(100_000)), connection.begin(upload(None))
        await first.send_head()
        await second.send_head()
        await first.send(bytes(40_000))
        await second.send(bytes(10_000))
        await first.cut(how, 5)
        return first.snapshot(), second.snapshot()

    first, second = run(go())
    assert there.result() == (40_000, 10_000, "fin", False)
    assert first.request.cut is not None
    assert first.request.cut.how is CutHow.CLOSE
    assert ("no TLS" in first.request.cut.note) is (how is CutHow.TLS_TRUNCATE)
    assert (first.end, second.end) == (End.CUT, End.CUT)
    assert recorder.transcript().connections[0].closed_by == "us"


def test_a_half_close_ends_our_side_before_the_declared_length(
    peer: Any, run: Any, h2talk: Any
) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        stream, fields = there.request()
        there.head(stream, 104)
        octets = b""
        try:
            there.until(StreamEnded, stream)
        except Exception as error:  # what h2 makes of the mismatch
            octets = type(error).__name__.encode()
        there.say(b"\0\0\4\3\0\0\0\0\1\0\0\0\1")
        talk.rest()
        return fields[b"content-length"], octets

    there = peer(script)

    async def go() -> Exchange:
        connection = await connected(there, Recorder())
        live = connection.begin(upload(100))
        await live.send_head()
        await live.wait({Point.INTERIM_104}, 5)
        await live.send(bytes(40))
        await live.cut(CutHow.HALF_CLOSE, 5)
        assert not live.ended
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    exchange = run(go())
    assert there.result() == (b"100", b"InvalidBodyLengthError")
    assert (exchange.end, exchange.reset_code) == (End.CUT, 1)
    assert not exchange.request.complete
    assert exchange.request.cut is not None
    assert exchange.request.cut.content_handed == 40


def test_cuts_that_come_too_late_say_so(peer: Any, run: Any, h2talk: Any) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        stream, _ = there.request()
        there.h2.reset_stream(stream, 2)
        there.flush()
        there.until(StreamEnded)
        there.rest()

    there = peer(script)

    async def go() -> list[str]:
        connection = await connected(there, Recorder())
        reset, none, whole = (connection.begin(upload(2)) for _ in range(3))
        await reset.send_head()
        await reset.finish(5)
        await reset.cut(CutHow.RESET, 1)
        await none.cut(CutHow.RESET, 1)
        await whole.send_head()
        await whole.send(b"xy")
        await whole.cut(CutHow.HALF_CLOSE, 1)
        await connection.close()
        late = connection.begin(upload(2))
        await late.send_head()
        await late.cut(CutHow.RESET, 1)
        made = [live.snapshot().request.cut for live in (reset, none, whole, late)]
        return [cut.note for cut in made if cut is not None]

    assert run(go()) == [
        "the stream had been reset before",
        "no stream had been opened",
        "our side of the stream had ended before",
        "the connection had ended before",
    ]


def test_content_of_unknown_length_ends_when_it_is_told_to(
    peer: Any, run: Any, h2talk: Any
) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk, {SettingCodes.INITIAL_WINDOW_SIZE: 70_000})
        stream, fields = there.request()
        content = there.content(stream)
        last = [e for e in there.log if isinstance(e, DataReceived)][-1]
        trailers = [dict(e.headers) for e in there.log if isinstance(e, TrailersReceived)]
        there.answer(stream, 200)
        there.rest()
        return len(content), last.data != b"", b"content-length" in fields, trailers

    there = peer(script)

    async def go() -> Exchange:
        connection = await connected(there, Recorder())
        live = connection.begin(upload(None))
        await live.send_head()
        await live.send(bytes(100_000))
        assert not live.snapshot().request.complete
        await live.end_content((FieldLine(b"x-check", b"1"),))
        await live.end_content()
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    exchange = run(go())
    assert there.result() == (100_000, True, False, [{b"x-check": b"1"}])
    assert exchange.end is End.FINAL
    assert exchange.request.complete
