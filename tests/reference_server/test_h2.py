"""The HTTP/2 front end over real sockets: what clients may rely on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from h2.errors import ErrorCodes
from hyperframe.frame import (
    DataFrame,
    GoAwayFrame,
    RstStreamFrame,
    WindowUpdateFrame,
)

from reference_server.core.limits import Limits
from reference_server.serve import Configuration

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from socket import socket

Servers = Any
COMPLETE = ("upload-complete", "?1")


# Uploads


def test_an_upload_in_parts_over_one_connection(servers: Servers) -> None:
    peer = servers.open(servers.start())
    path = peer.create()
    stream = peer.append(path, 3, ("content-length", "3"), complete="?0")
    peer.data(stream, b"def", end=True)
    answer = peer.answer(stream)
    assert (answer.status, answer.resets) == (204, [])
    assert "content-length" not in answer.fields
    assert "date" in answer.fields
    stream = peer.append(path, 6)
    peer.data(stream, b"gh")
    peer.data(stream, b"i", end=True)
    answer = peer.answer(stream)
    assert (answer.status, answer.fields["upload-complete"]) == (201, "?1")
    assert peer.stored(path) == b"abcdefghi"


def test_interim_responses_are_field_sections_that_end_nothing(servers: Servers) -> None:
    peer = servers.open(servers.start())
    expect = ("expect", "100-continue")
    stream = peer.begin("POST", "/a", COMPLETE, expect, ("content-length", "6"))
    status, fields = peer.interim(stream)
    assert status == 104
    assert set(fields) == {"upload-draft-interop-version", "location", "upload-limit"}
    assert peer.interim(stream, 1) == (100, {})
    peer.data(stream, b"abc")
    status, fields = peer.interim(stream, 2)
    assert (status, fields["upload-offset"]) == (104, "3")
    peer.data(stream, b"def", end=True)
    assert peer.answer(stream).status == 201


def test_progress_held_back_is_reported_later(servers: Servers) -> None:
    peer = servers.open(servers.start())
    stream = peer.begin("POST", "/a", COMPLETE)
    peer.data(stream, b"abc")
    peer.data(stream, b"def")
    offsets = [peer.interim(stream, number)[1].get("upload-offset") for number in (0, 1)]
    assert offsets[0] is None
    while offsets[-1] != "6":
        offsets.append(peer.interim(stream, len(offsets))[1]["upload-offset"])


def test_an_upload_and_its_retrieval_on_one_connection(servers: Servers) -> None:
    peer = servers.open(servers.start())
    path = peer.create()
    stuck = peer.append(path, 3)
    peer.data(stuck, b"def")
    assert peer.state(path) == (6, "?0")
    assert peer.answer(stuck).resets == [ErrorCodes.CANCEL]
    peer.data(stuck, b"late", end=True)
    stream = peer.append(path, 6)
    peer.data(stream, b"g", end=True)
    assert peer.answer(stream).status == 201
    assert peer.stored(path) == b"abcdefg"
    assert peer.answers[stuck].resets == [ErrorCodes.CANCEL]


def test_take_over_from_another_connection_resets_the_stream_alone(servers: Servers) -> None:
    server = servers.start()
    stuck, other = servers.open(server), servers.open(server)
    path, untouched = stuck.create(), stuck.create()
    first = stuck.append(path, 3)
    second = stuck.append(untouched, 3)
    stuck.data(first, b"def")
    stuck.data(second, b"def")
    stuck.interim(second)
    assert other.state(path) == (6, "?0")
    assert stuck.answer(first).resets == [ErrorCodes.CANCEL]
    stuck.data(second, b"ghi", end=True)
    assert stuck.answer(second).status == 201


def test_what_the_system_has_received_counts_before_take_over(servers: Servers) -> None:
    server = servers.start()
    stuck, other = servers.open(server), servers.open(server)
    path, unrelated = other.create(), other.create()
    stream = stuck.append(path, 3)
    stuck.data(stream, b"x" * 1000)
    stuck.interim(stream)
    with servers.halted():
        retrieval = other.begin("HEAD", path, end=True)
        stuck.data(stream, b"x" * 40_000)
        behind = stuck.begin("DELETE", path, end=True)
        last = stuck.append(unrelated, 3)
        stuck.data(last, b"def", end=True)
    assert other.answer(retrieval).fields["upload-offset"] == "41003"
    assert stuck.answer(stream).resets == [ErrorCodes.CANCEL]
    assert stuck.answer(behind).status == 204
    assert stuck.answer(last).status == 201


def test_padding_empty_frames_continuations_and_trailers_change_nothing(servers: Servers) -> None:
    peer = servers.open(servers.start())
    stream = peer.begin("POST", "/a", COMPLETE, ("content-length", "9"), split=7)
    peer.data(stream, b"abc", pad=200)
    peer.data(stream)
    peer.data(stream, b"", pad=7)
    peer.data(stream, b"defghi")
    peer.send(*peer.section([("x-trailer", "1"), ("upload-offset", "5")], stream=stream, end=True))
    answer = peer.answer(stream)
    assert answer.status == 201
    assert peer.ask("GET", answer.fields["content-location"]).content == b"abcdefghi"


def test_an_empty_frame_may_end_the_request(servers: Servers) -> None:
    peer = servers.open(servers.start())
    stream = peer.begin("POST", "/a", COMPLETE, ("content-length", "3"))
    peer.data(stream, b"abc")
    peer.data(stream, end=True)
    assert peer.answer(stream).status == 201


def test_octets_that_come_one_by_one(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    peer = servers.open(servers.start(), begin=False)
    sent: list[bytes] = []
    with monkeypatch.context() as kept:
        kept.setattr(peer, "raw", sent.append)
        peer.__init__(peer.socket)
        stream = peer.begin("POST", "/a", COMPLETE, ("content-length", "3"))
        peer.send(DataFrame(stream, data=b"abc", flags=("END_STREAM",)))
    for octet in b"".join(sent):
        peer.raw(bytes([octet]))
    assert peer.answer(stream).status == 201


# Interruptions


def test_a_reset_keeps_the_prefix_and_completes_nothing(servers: Servers) -> None:
    peer = servers.open(servers.start())
    path = peer.create()
    for length in ((), (("content-length", "50"),)):
        offset, _ = peer.state(path)
        stream = peer.append(path, offset, *length)
        peer.data(stream, b"def")
        peer.send(RstStreamFrame(stream, error_code=ErrorCodes.CANCEL))
        assert peer.state(path) == (offset + 3, "?0")
        assert stream not in peer.answers or not peer.answers[stream].over


@pytest.mark.parametrize("how", ["fin", "half", "reset"])
def test_a_lost_connection_keeps_the_prefix_and_completes_nothing(
    servers: Servers, abandon: Callable[[socket], None], how: str
) -> None:
    server = servers.start()
    peer, other = servers.open(server), servers.open(server)
    path = other.create()
    stream = peer.append(path, 3)
    peer.data(stream, b"x" * 1000)
    peer.interim(stream)
    if how == "reset":
        abandon(peer.socket)
    elif how == "half":
        peer.socket.shutdown(1)
    else:
        peer.socket.close()
    assert other.state(path) == (1003, "?0")


@pytest.mark.parametrize(
    ("declared", "sent", "kept"), [(10, b"def", 6), (3, b"defg", 6), (1, b"", 3)]
)
def test_content_that_differs_from_its_length_completes_nothing(
    servers: Servers, declared: int, sent: bytes, kept: int
) -> None:
    peer = servers.open(servers.start())
    path = peer.create()
    stream = peer.append(path, 3, ("content-length", str(declared)))
    peer.data(stream, sent, end=True)
    answer = peer.answer(stream)
    assert (answer.status, answer.resets) == (0, [ErrorCodes.PROTOCOL_ERROR])
    assert peer.state(path) == (kept, "?0")


def test_length_without_content_is_malformed(servers: Servers) -> None:
    peer = servers.open(servers.start())
    answer = peer.ask("POST", "/a", COMPLETE, ("content-length", "3"))
    assert (answer.status, answer.resets) == (0, [ErrorCodes.PROTOCOL_ERROR])
    assert peer.lives()


def test_streams_go_on_after_goaway_and_then_the_connection_ends(servers: Servers) -> None:
    peer = servers.open(servers.start())
    path = peer.create()
    stream = peer.append(path, 3)
    peer.data(stream, b"def")
    peer.interim(stream)
    peer.send(GoAwayFrame(0, error_code=0))
    peer.data(stream, b"ghi", end=True)
    assert peer.answer(stream).status == 201
    assert peer.ended() == ErrorCodes.NO_ERROR


def test_a_stopped_server_says_so(servers: Servers) -> None:
    server = servers.start()
    peer, idle = servers.open(server), servers.open(server)
    assert peer.lives()
    assert idle.lives()
    stream = peer.begin("POST", "/a", COMPLETE)
    peer.interim(stream)
    servers.call(lambda: [each.reset() for each in list(server.connections)])
    assert [peer.ended(), idle.ended()] == [ErrorCodes.NO_ERROR] * 2


# Refusals


def test_an_early_response_is_whole_before_the_stream_is_stopped(servers: Servers) -> None:
    peer = servers.open(servers.start())
    path = peer.create()
    stream = peer.append(path, 9, ("content-length", "100000"))
    answer = peer.answer(stream)
    assert (answer.status, answer.ended) == (409, True)
    assert b"mismatching-upload-offset" in answer.content
    assert int(answer.fields["content-length"]) == len(answer.content)
    peer.wait(lambda: answer.resets)
    assert answer.resets == [ErrorCodes.NO_ERROR]
    peer.data(stream, b"x" * 50_000, end=True)
    assert peer.lives()
    assert answer.resets == [ErrorCodes.NO_ERROR]


def test_a_request_that_has_come_as_a_whole_is_not_stopped(servers: Servers) -> None:
    peer = servers.open(servers.start())
    path = peer.create()
    with servers.halted():
        stream = peer.append(path, 9)
        peer.data(stream, b"x" * 1000, end=True)
    assert peer.answer(stream).status == 409
    assert peer.lives()
    assert peer.answers[stream].resets == []


@pytest.mark.parametrize("rest", [b"", b"x" * 2000])
def test_how_a_request_ends_after_its_response_is_no_matter(servers: Servers, rest: bytes) -> None:
    peer = servers.open(servers.start())
    path = peer.create()
    stream = peer.append(path, 9, ("content-length", "1000"))
    peer.data(stream, b"x" * 100)
    assert peer.answer(stream).status == 409
    peer.data(stream, rest, end=True)
    assert peer.lives()
    assert peer.answers[stream].resets == []


def test_a_limit_reached_in_the_middle_is_told(servers: Servers) -> None:
    peer = servers.open(servers.start(Configuration(limits=Limits(max_size=10))))
    stream = peer.begin("POST", "/a", COMPLETE)
    peer.data(stream, b"x" * 11)
    answer = peer.answer(stream)
    assert (answer.status, answer.fields["upload-limit"]) == (413, "max-size=10")
    peer.wait(lambda: answer.resets)
    peer.send(*peer.section([("late", "trailer")], stream=stream, end=True))
    assert peer.lives()
    assert answer.resets == [ErrorCodes.NO_ERROR]


def test_head_has_no_content(servers: Servers) -> None:
    peer = servers.open(servers.start())
    answer = peer.ask("POST", "/a", COMPLETE, content=b"abc")
    answer = peer.ask("HEAD", answer.fields["content-location"])
    assert (answer.status, answer.content, answer.fields["content-length"]) == (200, b"", "3")


def test_malformed_requests_are_errors_of_their_streams(servers: Servers) -> None:
    peer = servers.open(servers.start())
    good = [(":method", "POST"), (":scheme", "http"), (":path", "/a")]
    malformed: list[list[tuple[str, str]]] = [
        [*good, ("Upload-Complete", "?1")],
        [*good, ("connection", "close")],
        [*good[:2]],
        [*good, (":status", "100")],
    ]
    for lines in malformed:
        frames = peer.section(lines, end=True)
        peer.send(*frames)
        answer = peer.answer(frames[0].stream_id)
        assert (answer.status, answer.resets) == (0, [ErrorCodes.PROTOCOL_ERROR])
    assert peer.lives()


# Flow control


def test_windows_open_again_for_octets_that_are_stored(servers: Servers) -> None:
    server = servers.start(window_octets=65_536)
    peer = servers.open(server)
    peer.wait(lambda: peer.first_window == 65_536)
    stream = peer.begin("POST", "/a", COMPLETE)
    location = peer.interim(stream)[1]["location"]
    upload = server.core.registry.find(location.removeprefix("/uploads/"))
    granted = 0
    for _ in range(20):
        peer.data(stream, b"x" * 16_384)
        opened = [
            each.window_increment
            for each in peer.frames
            if isinstance(each, WindowUpdateFrame) and each.stream_id == stream
        ]
        granted = sum(opened)
        assert granted <= upload.offset
    assert granted >= 16_384 * 20 - 65_536
    peer.data(stream, end=True)
    assert peer.answer(stream).status == 201


def test_a_stream_without_window_does_not_stall_another(servers: Servers) -> None:
    server = servers.start(window_octets=65_536, streams=2)
    peer = servers.open(server)
    path, other = peer.create(), peer.create()
    stuck = peer.append(path, 3)
    for _ in range(2):
        # all the stream may send and what is refused of it: more than the connection began with
        peer.data(stuck, b"x" * 30_000)
        stream = peer.append(other, 99)
        answer = peer.answer(stream)
        peer.data(stream, b"x" * 30_000)
        peer.wait(lambda answer=answer: answer.resets)
        peer.data(stream, b"x" * 35_000)
    stream = peer.append(other, 3)
    peer.data(stream, b"x" * 500_000, end=True)
    assert peer.answer(stream).status == 201
    assert peer.state(path) == (60_003, "?0")


def test_a_response_waits_for_the_window_of_its_client(servers: Servers) -> None:
    server = servers.start()
    data = bytes(range(256)) * 12_000
    path = servers.open(server).ask("POST", "/a", content=data).fields["content-location"]
    peer = servers.open(server, INITIAL_WINDOW_SIZE=0)
    stream = peer.begin("GET", path, end=True)
    peer.wait(lambda: peer.answers.get(stream) and peer.answers[stream].status)
    assert peer.lives()
    assert peer.answers[stream].content == b""
    peer.send(WindowUpdateFrame(stream, window_increment=1000))
    peer.wait(lambda: len(peer.answers[stream].content) >= 1000)
    peer.send(WindowUpdateFrame(stream, window_increment=len(data)))
    assert peer.answer(stream).content == data


def test_many_responses_at_once_are_served_in_turns(servers: Servers) -> None:
    server = servers.start()
    data = bytes(range(256)) * 4_000
    path = servers.open(server).ask("POST", "/a", content=data).fields["content-location"]
    peer = servers.open(server, INITIAL_WINDOW_SIZE=2**20)
    streams = [peer.begin("GET", path, end=True) for _ in range(5)]
    assert [peer.answer(stream).content == data for stream in streams] == [True] * 5
    order = [each.stream_id for each in peer.frames if isinstance(each, DataFrame)]
    assert len(set(order[: len(order) // 2])) > 1


def test_a_slow_reader_gets_everything(servers: Servers) -> None:
    server = servers.start()
    data = bytes(range(256)) * 80_000
    path = servers.open(server).ask("POST", "/a", content=data).fields["content-location"]
    peer = servers.open(server, INITIAL_WINDOW_SIZE=2**31 - 1, MAX_FRAME_SIZE=2**20)
    peer.opens_windows = False
    peer.send(WindowUpdateFrame(0, window_increment=2**30))
    stream = peer.begin("GET", path, end=True)
    time.sleep(0.1)
    assert peer.answer(stream).content == data
    assert peer.lives()


def test_a_window_beyond_its_largest_size_ends_the_stream(servers: Servers) -> None:
    peer = servers.open(servers.start())
    stream = peer.begin("POST", "/a", COMPLETE)
    path = peer.interim(stream)[1]["location"]
    peer.data(stream, b"abc")
    peer.send(WindowUpdateFrame(stream, window_increment=2**31 - 1))
    assert peer.answer(stream).resets == [ErrorCodes.FLOW_CONTROL_ERROR]
    assert peer.state(path) == (3, "?0")


# Stores


def test_content_removed_while_it_is_sent(servers: Servers) -> None:
    server = servers.start()
    peer = servers.open(server)
    peer.opens_windows = False
    path = peer.ask("POST", "/a", content=bytes(3_000_000)).fields["content-location"]
    stream = peer.begin("GET", path, end=True)
    peer.wait(lambda: peer.answers.get(stream) and peer.answers[stream].content)
    registry = server.core.registry
    servers.call(lambda: registry.drop(registry.representation(path.removeprefix("/files/"))))
    peer.send(WindowUpdateFrame(stream, window_increment=10_000_000))
    peer.send(WindowUpdateFrame(0, window_increment=10_000_000))
    answer = peer.answer(stream)
    assert (answer.ended, answer.resets) == (False, [ErrorCodes.INTERNAL_ERROR])
    assert peer.lives()


def test_a_store_that_fails_at_the_end_resets_the_stream(servers: Servers, tmp_path: Path) -> None:
    directory = tmp_path / "store"
    peer = servers.open(servers.start(Configuration(store=directory)))
    stream = peer.begin("POST", "/a", ("content-length", "4"))
    peer.data(stream, b"abc")
    assert peer.lives()
    for file in directory.iterdir():
        file.unlink()
    directory.rmdir()
    peer.data(stream, b"d", end=True)
    assert peer.answer(stream).resets == [ErrorCodes.INTERNAL_ERROR]
    assert peer.lives()
