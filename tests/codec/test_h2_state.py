"""What a client may still send and must still accept on an HTTP/2 connection."""

from __future__ import annotations

import pytest
from h2.errors import ErrorCodes
from hyperframe.frame import DataFrame, PingFrame, SettingsFrame, WindowUpdateFrame

from conformance.codec.h2_frames import FRAME_BOUND, PREFACE, PeerError, RawFrame, frames_of
from conformance.codec.h2_state import ClientState
from conformance.codec.h2_windows import LARGEST, Inbound

WINDOW = 1000


def state(*, ended: bool = False) -> ClientState:
    """Return the state of a connection with one stream."""
    made = ClientState(WINDOW, 1_000_000)
    made.headed(1, end_stream=ended)
    return made


def take(made: ClientState, octets: bytes) -> None:
    frame = RawFrame(octets)
    {4: made.settings, 6: made.ping, 8: made.window_update}[frame.type](frame)


def said(made: ClientState) -> list[tuple[str, int, str]]:
    return [(each.type_name, each.stream, each.words) for each in frames_of(bytes(made.pending))]


def test_a_client_greets_with_its_settings_and_windows() -> None:
    octets = ClientState(5, 100_000).preface()
    assert octets.startswith(PREFACE)
    first, second = frames_of(octets)
    assert "ENABLE_PUSH=0 INITIAL_WINDOW_SIZE=5 MAX_FRAME_SIZE=16384" in first.words
    assert (second.stream, second.words) == (0, "+34465")


def test_the_smallest_window_decides_how_much_may_be_sent() -> None:
    made = state()
    assert made.room(1) == FRAME_BOUND
    take(made, SettingsFrame(0, {4: 300}).serialize())
    assert made.room(1) == 300
    made.sent(1, 200)
    assert made.room(1) == 100
    take(made, SettingsFrame(0, {4: 150}).serialize())
    assert made.room(1) == 0
    take(made, WindowUpdateFrame(1, 51).serialize())
    assert made.room(1) == 1
    for _ in range(4):
        take(made, WindowUpdateFrame(1, FRAME_BOUND).serialize())
        made.sent(1, FRAME_BOUND - 100)
    assert made.room(1) < 200  # the connection's window is all but used up
    take(made, WindowUpdateFrame(0, 100_000).serialize())
    assert made.room(1) == 401


def may_open(made: ClientState) -> bool:
    return made.may_open


@pytest.mark.parametrize("stream", [3, 2, 0])
def test_nothing_may_be_sent_where_no_stream_is_open(stream: int) -> None:
    assert state().room(stream) == 0
    assert not state().may_send(stream)


def test_a_stream_is_over_when_both_sides_are() -> None:
    made = state(ended=True)
    assert (made.room(1), made.may_send(1), made.is_open(1)) == (0, False, True)
    take(made, SettingsFrame(0, {3: 1}).serialize())
    assert not may_open(made)
    made.peer_ended(1)
    assert may_open(made)
    made.headed(3, end_stream=False)
    made.peer_ended(3)
    assert not may_open(made)
    made.headed(3, end_stream=True)
    assert may_open(made)
    assert made.next_stream == 5


def test_content_comes_without_its_padding_and_uses_the_window_up() -> None:
    made = state()
    padded = DataFrame(1, b"content", flags=["PADDED"], pad_length=10)
    assert made.data(RawFrame(padded.serialize())) == b"content"
    assert made.data(RawFrame(DataFrame(1, bytes(WINDOW - 18)).serialize())) == bytes(WINDOW - 18)
    with pytest.raises(PeerError) as caught:
        made.data(RawFrame(DataFrame(1, b"x").serialize()))
    assert caught.value.code is ErrorCodes.FLOW_CONTROL_ERROR


def test_a_smaller_window_of_ours_counts_once_it_is_acknowledged() -> None:
    made = state()
    made.announce({4: 10})
    take(made, b"\0\0\0\4\1\0\0\0\0")  # of the greeting
    assert made.data(RawFrame(DataFrame(1, bytes(500)).serialize()))
    take(made, b"\0\0\0\4\1\0\0\0\0")
    with pytest.raises(PeerError):
        made.data(RawFrame(DataFrame(1, b"x").serialize()))
    take(made, b"\0\0\0\4\1\0\0\0\0")  # of nothing


def test_windows_are_widened_by_what_was_used() -> None:
    made = state()
    made.used(1, 400, shut=False)
    assert said(made) == []
    made.data(RawFrame(DataFrame(1, bytes(600)).serialize()))
    made.used(1, 200, shut=False)
    assert said(made) == [("WINDOW_UPDATE", 1, "+600")]
    made.used(1, 7, shut=True)
    assert said(made)[1:] == [("WINDOW_UPDATE", 0, "+7")]


def test_a_window_at_its_end_is_widened_early() -> None:
    window = Inbound(100_000)
    assert window.take(99_000)
    assert window.used(2000) == 0
    assert window.take(1000)
    assert window.used(1) == 2001
    assert not window.widen(LARGEST)
    assert window.left == 2001


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (SettingsFrame(0, {2: 1}).serialize(), ErrorCodes.PROTOCOL_ERROR),
        (b"\0\0\6\4\0\0\0\0\0\0\4\x80\0\0\0", ErrorCodes.FLOW_CONTROL_ERROR),
        (b"\0\0\6\4\0\0\0\0\0\0\5\0\0\1\0", ErrorCodes.PROTOCOL_ERROR),
        (b"\0\0\6\4\0\0\0\0\1\0\3\0\0\1\0", ErrorCodes.PROTOCOL_ERROR),
        (b"\0\0\5\4\0\0\0\0\0\0\5\0\0\1", ErrorCodes.FRAME_SIZE_ERROR),
        (b"\0\0\6\4\1\0\0\0\0\0\3\0\0\1\0", ErrorCodes.FRAME_SIZE_ERROR),
        (b"\0\0\3\6\0\0\0\0\0abc", ErrorCodes.FRAME_SIZE_ERROR),
        (b"\0\0\x08\6\0\0\0\0\1abcdefgh", ErrorCodes.PROTOCOL_ERROR),
        (b"\0\0\3\x08\0\0\0\0\0abc", ErrorCodes.FRAME_SIZE_ERROR),
        (b"\0\0\4\x08\0\0\0\0\1\0\0\0\0", ErrorCodes.PROTOCOL_ERROR),
        (b"\0\0\4\x08\0\0\0\0\3\0\0\0\1", ErrorCodes.PROTOCOL_ERROR),
        (b"\0\0\4\x08\0\0\0\0\2\0\0\0\1", ErrorCodes.PROTOCOL_ERROR),
        (b"\0\0\4\x08\0\0\0\0\0\x7f\xff\xff\xff", ErrorCodes.FLOW_CONTROL_ERROR),
    ],
)
def test_what_a_peer_may_not_say_is_refused(octets: bytes, code: ErrorCodes) -> None:
    with pytest.raises(PeerError) as caught:
        take(state(), octets)
    assert caught.value.code is code


def test_settings_that_make_a_window_too_large_are_refused() -> None:
    made = state()
    take(made, WindowUpdateFrame(1, LARGEST - 70_000).serialize())
    with pytest.raises(PeerError) as caught:
        take(made, SettingsFrame(0, {4: LARGEST}).serialize())
    assert caught.value.code is ErrorCodes.FLOW_CONTROL_ERROR


def test_settings_nobody_knows_are_acknowledged_like_all_others() -> None:
    made = state()
    take(made, SettingsFrame(0, {0x99: 7, 6: 1}).serialize())
    take(made, PingFrame(0, b"12345678").serialize())
    take(made, PingFrame(0, b"12345678", flags=["ACK"]).serialize())
    assert said(made) == [("SETTINGS", 0, ""), ("PING", 0, b"12345678".hex())]


def test_late_frames_on_a_stream_that_is_over_change_nothing() -> None:
    made = state()
    made.reset(1, ErrorCodes.CANCEL)
    made.reset(1, ErrorCodes.CANCEL)
    assert said(made) == [("RST_STREAM", 1, "CANCEL")]
    take(made, WindowUpdateFrame(1, 5).serialize())
    made.sent(1, 10)
    made.ended(1)
    made.peer_ended(1)
    assert not made.widen(1, 5)
    assert not made.is_open(1)
