"""Writing HTTP/2: proper requests a strict peer accepts, and frames no library would write."""

from __future__ import annotations

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, RequestReceived, StreamEnded, TrailersReceived
from h2.settings import SettingCodes
from hpack import Encoder
from hyperframe.frame import HeadersFrame

from conformance.codec.h2_frames import frames_of
from conformance.codec.h2_session import H2Session
from conformance.codec.h2_write import H2Writer, OutFrame
from conformance.model.scenario import FrameKind
from conformance.model.transcript import Moment

NOW = Moment(1, 0.0)
REQUEST = ((b":method", b"POST"), (b":scheme", b"http"), (b":path", b"/f"), (b":authority", b"h"))


class Pair:
    """A session of ours and a strict peer that has greeted it."""

    def __init__(self) -> None:
        self.session = H2Session()
        self.writer = H2Writer(self.session)
        self.peer = H2Connection(H2Configuration(client_side=False))
        self.peer.initiate_connection()
        self.peer.receive_data(self.session.preface())
        self.session.feed(self.peer.data_to_send(), NOW)
        self.peer.receive_data(self.session.take_pending())

    def give(self, octets: bytes) -> list[Event]:
        return self.peer.receive_data(octets)


def test_requests_reach_a_strict_peer_and_their_decoder_stays_in_step() -> None:
    pair = Pair()
    for number in range(3):
        fields = (*REQUEST, (b"upload-complete", b"?1"), (b"x-number", b"%d" % number))
        stream, octets = pair.writer.open(fields, end_stream=False)
        events = pair.give(octets)
        assert [
            (e.stream_id, tuple(e.headers)) for e in events if isinstance(e, RequestReceived)
        ] == [(stream, fields)]
        octets = pair.writer.data(stream, b"abc", end_stream=False)
        octets += pair.writer.trailers(stream, ((b"x-sum", b"1"),))
        events = pair.give(octets)
        assert [type(e) for e in events] == [DataReceived, TrailersReceived, StreamEnded]
        assert pair.writer.room(stream) == 0
        assert pair.writer.end(stream) == b""
        assert pair.writer.trailers(stream, ()) == b""


def test_long_field_blocks_are_continued() -> None:
    pair = Pair()
    fields = (*REQUEST, *((b"x-%d" % n, bytes(range(33, 127)) * 8) for n in range(50)))
    _, octets = pair.writer.open(fields, end_stream=True)
    found = list(frames_of(octets))
    assert [f.type_name for f in found] == ["HEADERS", "CONTINUATION", "CONTINUATION"]
    assert [f.flag_names for f in found] == [("END_STREAM",), (), ("END_HEADERS",)]
    assert isinstance(pair.give(octets)[0], RequestReceived)


def test_the_peer_s_settings_are_kept_to() -> None:
    pair = Pair()
    pair.peer.update_settings(
        {SettingCodes.INITIAL_WINDOW_SIZE: 10, SettingCodes.MAX_CONCURRENT_STREAMS: 1}
    )
    pair.session.feed(pair.peer.data_to_send(), NOW)
    allowed = [pair.writer.may_open]
    stream, _ = pair.writer.open(REQUEST, end_stream=False)
    allowed.append(pair.writer.may_open)
    assert allowed == [True, False]
    assert pair.writer.room(stream) == 10
    pair.writer.data(stream, bytes(4), end_stream=False)
    assert pair.writer.room(stream) == 6
    assert pair.writer.room(99) == 0


def test_what_h2_wants_to_say_is_not_lost_by_what_we_write() -> None:
    pair = Pair()
    pair.peer.ping(b"12345678")
    pair.session.feed(pair.peer.data_to_send(), NOW)
    pair.writer.open(REQUEST, end_stream=False)
    (answer,) = frames_of(pair.session.take_pending())
    assert (answer.type_name, answer.flag_names) == ("PING", ("ACK",))


def out(kind: FrameKind, **keys: object) -> OutFrame:
    return OutFrame(kind=kind, **keys)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (out(FrameKind.DATA, data=b"abc"), ("DATA", (), 1, 3, "")),
        (out(FrameKind.DATA, data=b"abc", pad=8, flags=("END_STREAM",)),
         ("DATA", ("END_STREAM", "PADDED"), 1, 12, "")),
        (out(FrameKind.DATA, pad=0), ("DATA", ("PADDED",), 1, 1, "")),
        (out(FrameKind.RST_STREAM, code=8), ("RST_STREAM", (), 1, 4, "CANCEL")),
        (out(FrameKind.WINDOW_UPDATE, increment=7), ("WINDOW_UPDATE", (), 1, 4, "+7")),
        (out(FrameKind.WINDOW_UPDATE, increment=0), ("WINDOW_UPDATE", (), 1, 4, "+0")),
        (out(FrameKind.WINDOW_UPDATE, increment=7, on_connection=True),
         ("WINDOW_UPDATE", (), 0, 4, "+7")),
        (out(FrameKind.PING, data=b"12345678"), ("PING", (), 0, 8, b"12345678".hex())),
        (out(FrameKind.PING, data=b"1", flags=("ACK",)), ("PING", ("ACK",), 0, 1, "31")),
        (out(FrameKind.SETTINGS, settings=((4, 0),)),
         ("SETTINGS", (), 0, 6, "INITIAL_WINDOW_SIZE=0")),
        (out(FrameKind.SETTINGS, settings=((4, 2**31),)),
         ("SETTINGS", (), 0, 6, "INITIAL_WINDOW_SIZE=2147483648")),
        (out(FrameKind.SETTINGS, flags=("ACK",)), ("SETTINGS", ("ACK",), 0, 0, "")),
        (out(FrameKind.GOAWAY, code=2), ("GOAWAY", (), 0, 8, "INTERNAL_ERROR, last stream 0")),
        (out(FrameKind.CONTINUATION, data=b"\x88", flags=("END_HEADERS",)),
         ("CONTINUATION", ("END_HEADERS",), 1, 1, "")),
        (out(FrameKind.RAW, data=b"\0\0\1\xbe\0\0\0\0\5x"), ("type 0xbe", (), 5, 1, "")),
    ],
)  # fmt: skip
def test_frames_are_written_as_they_are_said(frame: OutFrame, told: tuple[object, ...]) -> None:
    pair = Pair()
    stream, _ = pair.writer.open(REQUEST, end_stream=False)
    (made,) = frames_of(pair.writer.write(stream, frame))
    assert (made.type_name, made.flag_names, made.stream, made.length, made.words) == told


def test_a_field_block_may_be_odd_split_and_padded() -> None:
    pair = Pair()
    fields = ((b":path", b"/"), (b"Upload-Complete", b"?1"), (b":method", b"POST"))
    stream = pair.writer.next_stream
    octets = pair.writer.write(
        stream, out(FrameKind.HEADERS, fields=fields, flags=("END_HEADERS",), pad=3, split=2)
    )
    first, second = frames_of(octets)
    assert (first.flag_names, first.length) == (("PADDED",), 1 + 2 + 3)
    assert second.flag_names == ("END_HEADERS",)
    lax = H2Connection(
        H2Configuration(
            client_side=False, validate_inbound_headers=False, normalize_inbound_headers=False
        )
    )
    lax.initiate_connection()
    again = H2Session()
    lax.receive_data(again.preface() + octets)
    # The peer's decoder has to be in step for what follows.
    _, more = pair.writer.open((*REQUEST, (b"Upload-Complete", b"?1")), end_stream=True)
    (event, *_) = lax.receive_data(more)
    assert isinstance(event, RequestReceived)
    assert dict(event.headers)[b"Upload-Complete"] == b"?1"


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param((out(FrameKind.DATA, data=b"x", flags=("END_STREAM",)),) * 2, id="data"),
        pytest.param((out(FrameKind.DATA, data=bytes(70_000)),), id="window"),
        pytest.param(
            (out(FrameKind.DATA, data=bytes(70_000), flags=("END_STREAM",)),), id="window-end"
        ),
        pytest.param(
            (out(FrameKind.HEADERS, fields=((b"x", b"1"),), flags=("END_HEADERS",)),), id="trailers"
        ),
        pytest.param(
            (out(FrameKind.HEADERS, flags=("END_HEADERS", "END_STREAM")),) * 2, id="two-ends"
        ),
        pytest.param((out(FrameKind.WINDOW_UPDATE, increment=0),), id="update"),
        pytest.param((out(FrameKind.GOAWAY),), id="goaway"),
    ],
)
def test_our_own_misdeeds_do_not_keep_us_from_reading_the_answer(
    frames: tuple[OutFrame, ...],
) -> None:
    pair = Pair()
    stream, _ = pair.writer.open(REQUEST, end_stream=False)
    pair.session.follow(stream, "POST")
    for frame in frames:
        pair.writer.write(stream, frame)
    head = HeadersFrame(
        stream, Encoder().encode([(":status", "400")]), flags=["END_HEADERS", "END_STREAM"]
    )
    pair.session.feed(head.serialize(), NOW)
    assert pair.session.broken == ""


def test_a_field_block_left_open_is_ended_by_a_continuation() -> None:
    pair = Pair()
    stream = pair.writer.next_stream
    first = pair.writer.write(stream, out(FrameKind.HEADERS, fields=REQUEST, flags=("END_STREAM",)))
    (frame,) = frames_of(first)
    assert (frame.type_name, frame.flag_names) == ("HEADERS", ("END_STREAM",))
    assert pair.give(first) == []
    more = pair.writer.write(stream, out(FrameKind.CONTINUATION, flags=("END_HEADERS",)))
    event, *_ = pair.give(more)
    assert isinstance(event, RequestReceived)
    assert tuple(event.headers) == REQUEST


def test_a_stream_reset_before_it_was_opened_can_still_be_opened() -> None:
    pair = Pair()
    stream = pair.writer.next_stream
    (frame,) = frames_of(pair.writer.write(stream, out(FrameKind.RST_STREAM, code=8)))
    assert (frame.type_name, frame.stream, frame.words) == ("RST_STREAM", stream, "CANCEL")
    assert pair.session.take_pending() == b""
    opened, octets = pair.writer.open(REQUEST, end_stream=False)
    assert opened == stream
    assert pair.writer.room(stream) > 0
    octets += pair.writer.end(stream)
    assert [type(e) for e in pair.give(octets)] == [RequestReceived, DataReceived, StreamEnded]


def test_a_stream_we_reset_takes_nothing_more() -> None:
    pair = Pair()
    stream, _ = pair.writer.open(REQUEST, end_stream=False)
    assert pair.writer.room(stream) > 0
    pair.writer.reset(stream, 8)
    assert pair.writer.room(stream) == 0
    assert pair.writer.end(stream) == b""
    assert pair.writer.trailers(stream, ((b"x-sum", b"1"),)) == b""


@pytest.mark.parametrize(
    "flags", [(), ("END_STREAM",), ("END_HEADERS",), ("END_STREAM", "END_HEADERS")]
)
def test_a_padded_field_block_carries_exactly_the_flags_it_was_given(
    flags: tuple[str, ...],
) -> None:
    pair = Pair()
    out = OutFrame(kind=FrameKind.HEADERS, fields=REQUEST, flags=flags, pad=4)

    octets = pair.writer.write(1, out)

    wanted = {"END_STREAM": 0x1, "END_HEADERS": 0x4}
    assert octets[4] == 0x8 | sum(wanted[flag] for flag in flags)
