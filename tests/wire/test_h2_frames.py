"""Frames written on purpose over a real connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from h2.events import DataReceived, StreamReset, UnknownFrameReceived

from conformance.codec.h2_write import OutFrame
from conformance.model.scenario import FrameKind, Point
from conformance.model.transcript import End, Exchange, Framing, SentRange
from conformance.wire import H2Connection, OutgoingRequest, Recorder, open_connection, reach

if TYPE_CHECKING:
    from tests.wire.conftest import H2Talk, Peer, Talk

FIELDS = (
    (b":method", b"PATCH"),
    (b":scheme", b"http"),
    (b":authority", b"h"),
    (b":path", b"/u"),
    (b"Upload-Offset", b"0"),
)
RAW = OutgoingRequest(method="PATCH", target="/u", url="http://h/u", framing=Framing.RAW)
HEADERS = OutFrame(kind=FrameKind.HEADERS, fields=FIELDS, flags=("END_HEADERS",), pad=4, split=9)


async def connected(peer: Peer, recorder: Recorder) -> H2Connection:
    made = await open_connection("h2", await reach("127.0.0.1", peer.port), recorder, 5)
    assert isinstance(made, H2Connection)
    return made


def data(octets: bytes, *flags: str, pad: int | None = None) -> OutFrame:
    return OutFrame(kind=FrameKind.DATA, data=octets, flags=flags, pad=pad)


def test_a_request_made_of_frames_is_answered_like_any_other(
    peer: Any, run: Any, h2talk: Any
) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        stream, fields = there.request()
        content = there.content(stream)
        pads = [e.flow_controlled_length for e in there.log if isinstance(e, DataReceived)]
        there.answer(stream, 204, upload_offset="5")
        there.request()
        there.answer(stream + 2, 200)
        there.rest()
        return fields, content, pads

    there, recorder = peer(script), Recorder()

    async def go() -> tuple[Exchange, Exchange]:
        connection = await connected(there, recorder)
        live = connection.begin(RAW)
        await live.send_frame(HEADERS)
        await live.send_frame(data(b"abc", pad=7), SentRange(start=0, end=3))
        await live.send_frame(OutFrame(kind=FrameKind.PING, data=b"12345678"))
        await live.send_frame(data(b""))
        await live.send_frame(data(b"de", "END_STREAM"), SentRange(start=3, end=5))
        exchange = await live.finish(5)
        other = connection.begin(RAW)
        await other.send_frame(HEADERS)
        answered = await other.finish(5)
        await connection.close()
        return exchange, answered

    exchange, answered = run(go())
    fields, content, pads = there.result()
    assert fields[b"Upload-Offset"] == b"0"
    assert (content, pads) == (b"abcde", [11, 0, 2])
    assert exchange.end is End.FINAL
    sent = exchange.request
    assert sent.complete
    assert (sent.handed, sent.ranges) == (5, (SentRange(start=0, end=5),))
    assert sent.head.startswith(b":method: PATCH\r\n")
    assert sent.method == "PATCH"
    assert answered.final is not None
    frames = recorder.transcript().connections[0].frames
    told = [(f.type, f.flags, f.length) for f in frames if f.direction == "sent" and f.stream == 1]
    assert told == [
        ("HEADERS", ("PADDED",), 14),
        ("CONTINUATION", ("END_HEADERS",), told[1][2]),
        ("DATA", ("PADDED",), 11),
        ("DATA", (), 0),
        ("DATA", ("END_STREAM",), 2),
    ]
    answers = [f for f in frames if f.direction == "received" and f.type == "PING"]
    assert [f.flags for f in answers] == [("ACK",)]


def test_a_reset_made_of_a_frame_is_our_own_interruption(peer: Any, run: Any, h2talk: Any) -> None:
    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        stream, _ = there.request()
        there.head(stream, 104)
        code = there.until(StreamReset, stream).error_code
        there.rest()
        return code

    there = peer(script)

    async def go() -> Exchange:
        connection = await connected(there, Recorder())
        live = connection.begin(RAW)
        await live.send_frame(HEADERS)
        await live.send_frame(data(bytes(10)))
        assert await live.wait({Point.INTERIM_104}, 5) is Point.INTERIM_104
        await live.send_frame(OutFrame(kind=FrameKind.RST_STREAM, code=0))
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    exchange = run(go())
    assert there.result() == 0
    assert (exchange.end, exchange.request.complete) == (End.CUT, False)
    assert [each.status for each in exchange.interims] == [104]


def test_frames_on_a_stream_nobody_opened_are_written_all_the_same(
    peer: Any, run: Any, h2talk: Any
) -> None:
    def script(talk: Talk) -> Any:
        h2talk(talk)
        talk.take(24)
        seen = b""
        while b"\0\0\1\0\0\0\0\0\1x" not in seen:
            seen += talk.take(1)
        talk.say(b"\0\0\x08\7\0\0\0\0\0\0\0\0\0\0\0\0\1")
        return talk.rest()[1]

    there, recorder = peer(script), Recorder()

    async def go() -> Exchange:
        connection = await connected(there, recorder)
        live = connection.begin(RAW)
        await live.send_frame(data(b"x"))
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    exchange = run(go())
    assert exchange.end is End.CLOSED
    assert "GOAWAY PROTOCOL_ERROR" in exchange.detail
    assert exchange.request.head_at is None
    assert recorder.transcript().connections[0].goaway == 1


def test_raw_octets_go_out_as_they_are(peer: Any, run: Any, h2talk: Any) -> None:
    octets = b"\0\0\1\xbe\0\0\0\0\1x"

    def script(talk: Talk) -> Any:
        there: H2Talk = h2talk(talk)
        stream, _ = there.request()
        unknown = there.until(UnknownFrameReceived)
        there.answer(stream, 200)
        there.rest()
        return unknown.frame.body

    there = peer(script)

    async def go() -> Exchange:
        connection = await connected(there, Recorder())
        live = connection.begin(RAW)
        await live.send_frame(HEADERS)
        await live.send_raw(octets)
        exchange = await live.finish(5)
        await connection.close()
        return exchange

    assert run(go()).end is End.FINAL
    assert there.result() == b"x"
