"""HTTP/2 over real sockets: requests as meant, responses as they came, every frame on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from h2.events import DataReceived, StreamEnded, StreamReset
from h2.settings import SettingCodes
from hyperframe.frame import GoAwayFrame, RstStreamFrame

from conformance.model.scenario import Point
from conformance.model.transcript import CutHow, End, Exchange, FieldLine, Framing, SentRange
from conformance.wire import H2Connection, OutgoingRequest, Recorder, reach, release_together

if TYPE_CHECKING:
    from tests.wire.conftest import H2Talk, Peer, Talk


def request(method: str = "POST", length: int | None = None, **fields: str) -> OutgoingRequest:
    lines = [FieldLine(b"Host", b"example.org")]
    lines += [FieldLine(k.replace("_", "-").encode(), v.encode()) for k, v in fields.items()]
    if length is not None:
        lines.append(FieldLine(b"Content-Length", b"%d" % length))
    return OutgoingRequest(
        method=method,
        target="/f?q",
        url="http://example.org/f?q",
        fields=tuple(lines),
        framing=Framing.NONE if length is None else Framing.CONTENT_LENGTH,
        declared=length,
    )


async def connected(peer: Peer, recorder: Recorder, **keys: Any) -> H2Connection:
    return await H2Connection.open(await reach("127.0.0.1", peer.port), recorder, 5, **keys)


async def ask(connection: H2Connection, content: bytes, **keys: Any) -> Exchange:
    live = connection.begin(request(length=len(content), **keys))
    await live.send_head()
    await live.send(content, SentRange(start=0, end=len(content)))
    await live.end_content()
    return await live.finish(5)


def test_a_creation_goes_out_and_its_responses_come_back(peer: Any, run: Any, h2talk: Any) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        stream, fields = there.request()
        there.head(stream, 104, location="/u/1")
        content = there.content(stream)
        there.head(stream, 104, upload_offset="5")
        there.answer(stream, 201, b"done", content_length="4", location="/u/1")
        there.rest()
        return fields, content

    there, recorder = peer(script), Recorder()

    async def go() -> Exchange:
        connection = await connected(there, recorder)
        assert connection.usable
        assert connection.reusable
        live = connection.begin(
            request(length=5, Upload_Complete="?1", Connection="X-Own, close", X_Own="1", TE="gzip")
        )
        await live.send_head()
        assert await live.wait({Point.INTERIM_104, Point.FINAL}, 5) is Point.INTERIM_104
        assert await live.send(b"hello", SentRange(start=0, end=5)) == 5
        await live.end_content()
        exchange = await live.finish(5)
        assert connection.reusable
        await connection.close()
        return exchange

    exchange = run(go())
    fields, content = there.result()
    assert content == b"hello"
    assert fields == {
        b":method": b"POST",
        b":scheme": b"http",
        b":authority": b"example.org",
        b":path": b"/f?q",
        b"upload-complete": b"?1",
        b"content-length": b"5",
    }
    assert exchange.end is End.FINAL
    assert (exchange.stream, exchange.reset_code) == (1, None)
    assert [each.status for each in exchange.interims] == [104, 104]
    assert exchange.interims[0].head == b":status: 104\r\nlocation: /u/1\r\n"
    assert [each.sent_before for each in exchange.interims] == [0, 5]
    final = exchange.final
    assert final is not None
    assert (final.status, final.version, final.lints) == (201, "HTTP/2", ())
    assert final.content is not None
    assert final.content.octets == b"done"
    sent = exchange.request
    assert sent.complete
    assert (sent.version, sent.handed, sent.ranges) == ("HTTP/2", 5, (SentRange(start=0, end=5),))
    assert sent.head.startswith(b":method: POST\r\n:scheme: http\r\n")
    record = recorder.transcript().connections[0]
    assert record.goaway is None
    assert record.closed_by == "us"
    told = [(f.direction, f.type, f.flags, f.note) for f in record.frames if f.stream == 1]
    assert told == [
        ("sent", "HEADERS", ("END_HEADERS",), "POST /f?q"),
        ("received", "HEADERS", ("END_HEADERS",), ":status 104"),
        ("sent", "DATA", ("END_STREAM",), ""),
        ("received", "HEADERS", ("END_HEADERS",), ":status 104"),
        ("received", "HEADERS", ("END_HEADERS",), ":status 201"),
        ("received", "DATA", ("END_STREAM",), ""),
    ]
    assert [f.at for f in record.frames] == sorted(f.at for f in record.frames)
    assert record.frames_seen == len(record.frames)


def test_a_request_without_content_ends_with_its_head(peer: Any, run: Any, h2talk: Any) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        for _ in range(2):
            stream, _fields = there.request()
            there.content(stream)
            there.answer(stream, 204, upload_offset="7")
        there.rest()

    there, recorder = peer(script), Recorder()

    async def go() -> list[Exchange]:
        connection = await connected(there, recorder)
        made = []
        for method in ("HEAD", "DELETE"):
            live = connection.begin(request(method))
            await live.send_head()
            await live.end_content()
            made.append(await live.finish(5))
        await connection.close()
        return made

    made = run(go())
    assert [(each.stream, each.end, each.request.complete) for each in made] == [
        (1, End.FINAL, True),
        (3, End.FINAL, True),
    ]
    assert len(recorder.transcript().connections) == 1


def test_the_peer_s_windows_are_kept_to(peer: Any, run: Any, h2talk: Any) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk, {SettingCodes.INITIAL_WINDOW_SIZE: 1000})
        stream, _ = there.request()
        content = there.content(stream)
        there.answer(stream, 200)
        there.rest()
        sizes = [len(e.data) for e in there.log if isinstance(e, DataReceived)]
        return content, max(sizes)

    there = peer(script)
    octets = bytes(range(256)) * 40

    async def go() -> Exchange:
        connection = await connected(there, Recorder())
        exchange = await ask(connection, octets)
        await connection.close()
        return exchange

    assert run(go()).end is End.FINAL
    content, largest = there.result()
    assert content == octets
    assert largest <= 1000


def test_a_window_that_stays_shut_stops_one_stream_alone(peer: Any, run: Any, h2talk: Any) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk, {SettingCodes.INITIAL_WINDOW_SIZE: 0})
        first, _ = there.request()
        second, _ = there.request()
        there.h2.increment_flow_control_window(4, second)
        there.flush()
        content = there.content(second)
        there.answer(second, 200)
        there.rest()
        return there.so_far(first), content

    there = peer(script)

    async def go() -> tuple[int, Exchange]:
        connection = await connected(there, Recorder())
        stuck = connection.begin(request(length=4))
        await stuck.send_head()
        handed = await stuck.send(b"abcd", at_most=0.1)
        other = await ask(connection, b"efgh")
        await connection.close()
        return handed, other

    handed, other = run(go())
    assert handed == 0
    assert other.end is End.FINAL
    assert there.result() == (b"", b"efgh")


def test_our_window_stops_a_response_until_it_is_reopened(peer: Any, run: Any, h2talk: Any) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        stream, _ = there.request()
        there.head(stream, 200)
        while there.h2.local_flow_control_window(stream) < 100:
            window = there.h2.local_flow_control_window(stream)
            if window:
                there.h2.send_data(stream, bytes(window))
                there.flush()
            there._take(there.h2.receive_data(talk.sock.recv(65536)))
        there.h2.send_data(stream, bytes(90), end_stream=True)
        there.flush()
        there.rest()

    there = peer(script)

    async def go() -> tuple[int, Exchange]:
        connection = await connected(there, Recorder(), window=10)
        live = connection.begin(request("GET"))
        await live.send_head()
        await live.wait({Point.FINAL}, 0.2)
        final = live.snapshot().final
        assert final is not None
        assert final.content is not None
        before = final.content.length
        live.open_window()
        exchange = await live.finish(5)
        await connection.close()
        return before, exchange

    before, exchange = run(go())
    assert before == 10
    assert exchange.end is End.FINAL
    assert exchange.final is not None
    assert exchange.final.content is not None
    assert exchange.final.content.length == 100


def test_a_reset_after_the_response_leaves_it_readable(peer: Any, run: Any, h2talk: Any) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        stream, _ = there.request()
        there.answer(stream, 409, b"no", upload_offset="0")
        there.h2.reset_stream(stream, 0)
        there.flush()
        second, _ = there.request()
        there.content(second)
        there.answer(second, 200)
        there.rest()

    there = peer(script)

    async def go() -> tuple[Exchange, int, Exchange]:
        connection = await connected(there, Recorder())
        live = connection.begin(request(length=100))
        await live.send_head()
        await live.finish(5)
        await live.linger(0.1)
        more = await live.send(bytes(100))
        other = await ask(connection, b"x")
        await connection.close()
        return live.snapshot(), more, other

    early, more, other = run(go())
    assert early.end is End.FINAL
    assert early.reset_code == 0
    assert more == 0
    assert not early.request.complete
    assert other.end is End.FINAL


def test_a_reset_instead_of_a_response_ends_one_exchange(peer: Any, run: Any, h2talk: Any) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        stream, _ = there.request()
        there.head(stream, 104)
        there.h2.reset_stream(stream, 11)
        there.flush()
        second, _ = there.request()
        there.content(second)
        there.answer(second, 200)
        there.rest()

    there = peer(script)

    async def go() -> tuple[Exchange, Exchange]:
        connection = await connected(there, Recorder())
        live = connection.begin(request(length=100))
        await live.send_head()
        first = await live.finish(5)
        other = await ask(connection, b"x")
        await connection.close()
        return first, other

    first, other = run(go())
    assert (first.end, first.reset_code) == (End.RESET, 11)
    assert "ENHANCE_YOUR_CALM" in first.detail
    assert [each.status for each in first.interims] == [104]
    assert other.end is End.FINAL


def test_a_goaway_turns_away_what_was_not_looked_at(peer: Any, run: Any, h2talk: Any) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        first, _ = there.request()
        there.request()
        frame = GoAwayFrame(0, last_stream_id=first, error_code=0, additional_data=b"restart")
        there.say(frame)
        content = there.content(first)
        there.answer(first, 201)
        there.rest()
        return content

    there, recorder = peer(script), Recorder()

    async def go() -> tuple[Exchange, Exchange, bool]:
        connection = await connected(there, recorder)
        first, second = connection.begin(request(length=4)), connection.begin(request(length=4))
        await first.send_head()
        await second.send_head()
        turned_away = await second.finish(5)
        await first.send(b"abcd")
        await first.end_content()
        done = await first.finish(5)
        again = connection.reusable
        await connection.close()
        return done, turned_away, again

    done, turned_away, again = run(go())
    assert there.result() == b"abcd"
    assert done.end is End.FINAL
    assert turned_away.end is End.CLOSED
    assert "GOAWAY NO_ERROR" in turned_away.detail
    assert not again
    record = recorder.transcript().connections[0]
    assert record.goaway == 0
    (frame,) = (f for f in record.frames if f.type == "GOAWAY" and f.direction == "received")
    assert frame.note == "NO_ERROR, last stream 1: restart"


@pytest.mark.parametrize("at_head", [True, False])
def test_several_requests_are_released_in_one_write(
    peer: Any, run: Any, h2talk: Any, at_head: bool
) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        streams = [there.request()[0] for _ in range(3)]
        contents = [there.content(stream) for stream in streams]
        for stream in streams:
            there.answer(stream, 200)
        there.rest()
        return contents

    there = peer(script)

    async def go() -> list[Exchange]:
        connection = await connected(there, Recorder())
        lives = [connection.begin(request(length=3)) for _ in range(3)]
        for number, live in enumerate(lives):
            await live.send_head(hold_back=2 if at_head else 0)
            octets = b"%03d" % number
            await live.send(octets, SentRange(start=0, end=3), hold_back=0 if at_head else 1)
            assert live.record.sent.handed == (0 if at_head else 2)
        release_together(lives)
        made = [await live.finish(5) for live in lives]
        await connection.close()
        return made

    made = run(go())
    assert there.result() == [b"000", b"001", b"002"]
    assert [each.end for each in made] == [End.FINAL] * 3
    assert [each.request.ranges for each in made] == [(SentRange(start=0, end=3),)] * 3
    assert all(each.request.complete for each in made)
    # Moments are given by write.
    assert len({each.request.ended_at for each in made}) == 1


def test_a_stream_is_not_opened_beyond_what_the_peer_allows(
    peer: Any, run: Any, h2talk: Any
) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk, {SettingCodes.MAX_CONCURRENT_STREAMS: 1})
        stream, _ = there.request()
        there.until(StreamReset, stream)
        there.rest()

    there = peer(script)

    async def go() -> tuple[Exchange, bytes]:
        connection = await connected(there, Recorder())
        first, second = connection.begin(request(length=4)), connection.begin(request(length=4))
        await first.send_head()
        await second.send_head(at_most=0.1)
        assert second.ended
        connection.put_own(RstStreamFrame(1, error_code=8).serialize())
        connection.flush()
        await connection.close()
        return second.snapshot(), b""

    exchange, _ = run(go())
    assert exchange.end is End.DEADLINE
    assert "MAX_CONCURRENT_STREAMS" in exchange.detail
    assert exchange.request.head_at is None


def test_what_the_windows_did_not_admit_is_sent_before_the_end(
    peer: Any, run: Any, h2talk: Any
) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk, {SettingCodes.INITIAL_WINDOW_SIZE: 3})
        stream, _ = there.request()
        there.until(DataReceived, stream)
        content = there.content(stream)
        there.answer(stream, 200)
        there.rest()
        return content

    there = peer(script)

    async def go() -> tuple[int, Exchange]:
        connection = await connected(there, Recorder())
        live = connection.begin(request(length=8))
        await live.send_head(hold_back=2)
        await live.send(b"abcd", SentRange(start=0, end=4))
        await live.send(b"efgh", SentRange(start=4, end=8))
        live.release_now()
        released = live.record.sent.handed
        await live.end_content()
        exchange = await live.finish(5)
        await connection.close()
        return released, exchange

    released, exchange = run(go())
    assert released == 3
    assert there.result() == b"abcdefgh"
    assert exchange.end is End.FINAL
    assert exchange.request.ranges == (SentRange(start=0, end=8),)


def test_a_stream_is_not_ended_while_content_is_stuck(peer: Any, run: Any, h2talk: Any) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk, {SettingCodes.INITIAL_WINDOW_SIZE: 0})
        stream, _ = there.request()
        there.until(StreamReset, stream)
        there.rest()
        return [type(event) for event in there.log]

    there = peer(script)

    async def go() -> Exchange:
        connection = await connected(there, Recorder())
        live = connection.begin(request(length=2))
        await live.send_head()
        assert await live.send(b"ab", hold_back=1, at_most=0.1) == 0
        live.release_now()
        await live.end_content(at_most=0.1)
        await live.cut(CutHow.RESET, 1)
        await connection.close()
        return live.snapshot()

    exchange = run(go())
    assert StreamEnded not in there.result()
    assert not exchange.request.complete
