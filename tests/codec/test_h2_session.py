"""Reading an HTTP/2 connection: the same events however the octets were split."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from h2.errors import ErrorCodes
from hpack import Encoder
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    Frame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.codec.h1_read import ContentPiece, FinalHead, InterimHead, MessageEnd
from conformance.codec.h2_events import Broken, FrameSeen, GoneAway, OnStream, PeerReset
from conformance.codec.h2_frames import (
    PREFACE,
    FrameCutter,
    RawFrame,
    frames_of,
)
from conformance.codec.h2_session import H2Session
from conformance.codec.h2_write import H2Writer
from conformance.model.transcript import Moment

if TYPE_CHECKING:
    from conformance.codec.h2_events import SessionEvent

NOW = Moment(1, 0.0)
REQUEST = ((b":method", b"GET"), (b":scheme", b"http"), (b":path", b"/"), (b":authority", b"h"))
SETTINGS = SettingsFrame(0).serialize()


def session(streams: int = 1, window: int | None = None) -> H2Session:
    """Return a session on which requests were sent."""
    made = H2Session(window=window)
    made.preface()
    writer = H2Writer(made)
    for _ in range(streams):
        stream, _octets = writer.open(REQUEST, end_stream=True)
        made.follow(stream, "GET")
    return made


def kinds(events: list[SessionEvent]) -> list[str]:
    return [type(e.event if isinstance(e, OnStream) else e).__name__ for e in events]


def block(encoder: Encoder, *lines: tuple[str, str]) -> bytes:
    return encoder.encode(lines)


def conversation() -> bytes:
    """Return what a peer says that answers two requests in every way it may."""
    encoder = Encoder()
    first = block(encoder, (":status", "200"), ("content-length", "6"))
    frames: list[Frame] = [
        SettingsFrame(0, {4: 70_000}),
        SettingsFrame(0, flags=["ACK"]),
        HeadersFrame(
            1, block(encoder, (":status", "104"), ("location", "/u")), flags=["END_HEADERS"]
        ),
        PingFrame(0, b"12345678"),
        HeadersFrame(1, first[:3], flags=["PADDED"], pad_length=9),
        ContinuationFrame(1, first[3:], flags=["END_HEADERS"]),
        DataFrame(1, b"abc", flags=["PADDED"], pad_length=5),
        HeadersFrame(3, block(encoder, (":status", "409")), flags=["END_HEADERS"]),
        WindowUpdateFrame(0, 17),
        DataFrame(1, b"def"),
        DataFrame(1, b"", flags=[]),
        HeadersFrame(1, block(encoder, ("x-sum", "1")), flags=["END_HEADERS", "END_STREAM"]),
        RstStreamFrame(3, 0),
        GoAwayFrame(0, 3, 0, b"bye"),
    ]
    return b"".join(frame.serialize() for frame in frames) + b"\0\0\2\xbe\0\0\0\0\1??"


def told(events: list[SessionEvent]) -> list[object]:
    """Return events without the moments, and content in one piece."""
    found: list[object] = []
    for event in events:
        if isinstance(event, FrameSeen):
            found.append((event.frame.octets, event.note))
        elif isinstance(event, OnStream):
            read = event.event
            match read:
                case InterimHead() | FinalHead():
                    found.append((event.stream, type(read), read.head, read.octets))
                case MessageEnd():
                    found.append((event.stream, read.trailers, read.lints))
                case _:
                    found.append(event)
        else:
            found.append(event)
    return found


def test_a_conversation_is_read_to_its_end() -> None:
    made = session(2)
    events = made.feed(conversation(), NOW)
    assert [k for k in kinds(events) if k != "FrameSeen"] == [
        "InterimHead",
        "FinalHead",
        "ContentPiece",
        "FinalHead",
        "ContentPiece",
        "MessageEnd",
        "PeerReset",
        "GoneAway",
    ]
    assert PeerReset(3, 0) in events
    assert GoneAway(0, 3) in events
    notes = [e.note for e in events if isinstance(e, FrameSeen)]
    assert notes == [
        "INITIAL_WINDOW_SIZE=70000",
        "",
        ":status 104",
        b"12345678".hex(),
        "to be continued",
        ":status 200",
        "",
        ":status 409",
        "+17",
        "",
        "",
        "",
        "NO_ERROR",
        "NO_ERROR, last stream 3: bye",
        "",
    ]
    assert made.broken == ""
    answers = [frame.type_name for frame in frames_of(made.take_pending())]
    assert answers.count("SETTINGS") == 1
    assert answers.count("PING") == 1


@given(st.lists(st.integers(0, 400), max_size=12))
@example(list(range(400)))
@settings(max_examples=60, deadline=None)
def test_any_splitting_gives_the_same_events(cuts: list[int]) -> None:
    octets = conversation()
    places = [0, *sorted(cut for cut in set(cuts) if cut < len(octets)), len(octets)]
    made, events = session(2), []
    for start, end in pairwise(places):
        events += made.feed(octets[start:end], NOW)
    assert told(events) == told(session(2).feed(octets, NOW))


@given(st.binary(max_size=300), st.booleans())
@settings(max_examples=100, deadline=None)
def test_whatever_octets_come_they_are_borne(octets: bytes, greeted: bool) -> None:
    made = session()
    events = made.feed((SETTINGS if greeted else b"") + octets, NOW)
    assert all(type(event) is not Broken for event in events[:-1])
    was_broken = bool(made.broken)
    assert was_broken is any(type(event) is Broken for event in events)
    assert not (was_broken and made.feed(SETTINGS, NOW))


@given(
    st.lists(
        st.builds(
            lambda kind, flags, stream, payload: (
                len(payload).to_bytes(3, "big")
                + bytes((kind, flags))
                + stream.to_bytes(4, "big")
                + payload
            ),
            st.integers(0, 11),
            st.sampled_from([0, 1, 4, 5, 8, 9, 13, 0x20, 0x25, 255]),
            st.sampled_from([0, 1, 2, 3, 2**31]),
            st.binary(max_size=12) | st.sampled_from([b"\x88", b"\x48\x03104", b"\0\0\0\1"]),
        ),
        max_size=8,
    )
)
@settings(max_examples=100, deadline=None)
def test_frames_of_any_kind_in_any_order_are_borne(frames: list[bytes]) -> None:
    events = session(2).feed(SETTINGS + b"".join(frames), NOW)
    seen = [event for event in events if isinstance(event, FrameSeen)]
    broken = any(isinstance(event, Broken) for event in events)
    assert broken or len(seen) == len(frames) + 1


def test_a_bad_frame_costs_none_of_those_before_it() -> None:
    encoder = Encoder()
    good = HeadersFrame(1, block(encoder, (":status", "200")), flags=["END_HEADERS"]).serialize()
    bad = b"\0\0\3\6\0\0\0\0\0abc"
    more = DataFrame(1, b"later").serialize()
    made = session()
    events = made.feed(SETTINGS + good + bad + more, NOW)
    assert kinds(events) == ["FrameSeen", "FrameSeen", "FinalHead", "FrameSeen", "Broken"]
    said = list(frames_of(made.take_pending()))
    assert [frame.type_name for frame in said] == ["SETTINGS", "GOAWAY"]
    assert said[-1].words.startswith("FRAME_SIZE_ERROR")
    assert made.feed(more, NOW) == []


def test_content_on_a_stream_given_up_does_not_use_up_the_connection() -> None:
    encoder = Encoder()
    head = HeadersFrame(1, block(encoder, (":status", "200")), flags=["END_HEADERS"]).serialize()
    made = session()
    made.feed(SETTINGS + head, NOW)
    made.give_up(1, ErrorCodes.CANCEL)
    made.give_up(1, ErrorCodes.CANCEL)
    assert [f.type_name for f in frames_of(made.take_pending())] == ["SETTINGS", "RST_STREAM"]
    events = made.feed(DataFrame(1, b"x" * 500).serialize(), NOW)
    assert kinds(events) == ["FrameSeen"]
    (update,) = frames_of(made.take_pending())
    assert (update.type_name, update.stream, update.words) == ("WINDOW_UPDATE", 0, "+500")


def test_a_window_grown_too_large_costs_its_stream_alone() -> None:
    made = session(2)
    events = made.feed(SETTINGS + WindowUpdateFrame(1, 2**31 - 1).serialize(), NOW)
    assert kinds(events) == ["FrameSeen", "FrameSeen", "Malformed"]
    assert not made.broken
    encoder = Encoder()
    head = block(encoder, (":status", "200"))
    octets = HeadersFrame(3, head, flags=["END_HEADERS", "END_STREAM"]).serialize()
    assert kinds(made.feed(octets, NOW)) == ["FrameSeen", "FinalHead", "MessageEnd"]


def test_empty_frames_on_a_stream_given_up_are_answered_with_nothing() -> None:
    made = session()
    made.feed(SETTINGS, NOW)
    made.give_up(1, ErrorCodes.CANCEL)
    made.take_pending()
    assert kinds(made.feed(DataFrame(1, b"").serialize(), NOW)) == ["FrameSeen"]
    assert made.take_pending() == b""


@pytest.mark.parametrize("stream", [0, 1])
def test_content_held_back_comes_as_far_as_the_window_is_opened(stream: int) -> None:
    made = session(window=0)
    made.feed(SETTINGS, NOW)
    made.take_pending()
    made.reopen(stream, 500)
    said = [(f.type_name, f.stream, f.words) for f in frames_of(made.take_pending())]
    assert said == ([("WINDOW_UPDATE", stream, "+500")] if stream else [])


def test_a_window_opened_too_far_changes_nothing() -> None:
    made = session()
    made.feed(SETTINGS, NOW)
    made.take_pending()
    made.reopen(1, 2**31 - 1)
    assert (made.take_pending(), made.broken) == (b"", "")


def test_after_the_end_of_a_connection_nothing_more_is_said() -> None:
    made = session()
    made.feed(SETTINGS + DataFrame(5, b"x").serialize(), NOW)
    assert "stream 5, which nobody opened" in made.broken
    assert [f.type_name for f in frames_of(made.take_pending())] == ["SETTINGS", "GOAWAY"]
    made.reopen(1)
    made.give_up(1, ErrorCodes.CANCEL)
    made.say_goodbye()
    assert made.take_pending() == b""


def test_a_farewell_is_said_while_all_is_well() -> None:
    made = session()
    made.feed(SETTINGS, NOW)
    made.take_pending()
    made.say_goodbye()
    (said,) = frames_of(made.take_pending())
    assert (said.type_name, said.words) == ("GOAWAY", "NO_ERROR, last stream 0")


@pytest.mark.parametrize("stream", [0, 2, 7])
def test_a_reset_of_a_stream_nobody_opened_ends_the_connection(stream: int) -> None:
    made = session()
    octets = b"\0\0\4\3\0" + stream.to_bytes(4, "big") + b"\0\0\0\x08"
    events = made.feed(SETTINGS + octets, NOW)
    assert kinds(events) == ["FrameSeen", "FrameSeen", "Broken"]
    assert made.broken == f"RST_STREAM on stream {stream}, which nobody opened"
    said = list(frames_of(made.take_pending()))[-1]
    assert said.words.startswith("PROTOCOL_ERROR")


def test_content_before_any_head_is_malformed() -> None:
    made = session()
    events = made.feed(SETTINGS + DataFrame(1, b"x").serialize(), NOW)
    assert kinds(events)[-1] == "Malformed"
    assert not made.broken


def test_responses_to_head_have_no_content() -> None:
    made = H2Session()
    made.preface()
    stream, _ = H2Writer(made).open(((b":method", b"HEAD"),), end_stream=True)
    made.follow(stream, "HEAD")
    head = block(Encoder(), (":status", "200"), ("content-length", "5"))
    octets = HeadersFrame(1, head, flags=["END_HEADERS"]).serialize()
    events = made.feed(
        SETTINGS + octets + DataFrame(1, b"hello", flags=["END_STREAM"]).serialize(), NOW
    )
    (end,) = (
        e.event for e in events if isinstance(e, OnStream) and isinstance(e.event, MessageEnd)
    )
    assert [lint.rule for lint in end.lints] == ["content-after-head"]


def test_frames_are_named_and_put_into_words() -> None:
    frame = RawFrame(b"\0\0\1\xbe\xff\x80\0\0\7x")
    assert (frame.type_name, frame.flag_names, frame.stream, frame.length) == (
        "type 0xbe",
        (),
        7,
        1,
    )
    assert frame.words == ""
    assert RawFrame(b"\0\0\0\1\x2d\0\0\0\1").flag_names == (
        "END_HEADERS",
        "END_STREAM",
        "PADDED",
        "PRIORITY",
    )
    settings_frame = SettingsFrame(0, {1: 2, 0x99: 7}).serialize()
    assert RawFrame(settings_frame).words == "HEADER_TABLE_SIZE=2 0x99=7"
    assert RawFrame(RstStreamFrame(1, 0x77).serialize()).words == "0x77"
    assert RawFrame(b"\0\0\1\3\0\0\0\0\1x").words == ""


def test_octets_of_ours_are_taken_apart_as_far_as_they_are_frames() -> None:
    assert [f.type_name for f in frames_of(PREFACE + SETTINGS)] == ["SETTINGS"]
    assert [f.type_name for f in frames_of(SETTINGS + b"\0\0\5\0\0\0\0\0\1x")] == ["SETTINGS"]


def test_frames_know_when_they_began() -> None:
    cutter = FrameCutter()
    early, late = Moment(1, 0.0), Moment(2, 1.0)
    assert list(cutter.feed(SETTINGS[:4], early)) == []
    first, second = cutter.feed(SETTINGS[4:] + SETTINGS, late)
    assert (first.began, second.began) == (early, late)


def test_content_arrives_in_pieces() -> None:
    made = session()
    head = HeadersFrame(1, block(Encoder(), (":status", "200")), flags=["END_HEADERS"]).serialize()
    events = made.feed(SETTINGS + head + DataFrame(1, b"ab").serialize(), NOW)
    assert OnStream(1, ContentPiece(data=b"ab")) in events
