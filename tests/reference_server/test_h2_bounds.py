"""What the HTTP/2 front end lets one client take, over real sockets."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from h2.errors import ErrorCodes
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    Frame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    PriorityFrame,
    RstStreamFrame,
    SettingsFrame,
)

from tests.reference_server.loopback import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reference_server.h2_peer import Peer
    from tests.reference_server.servers import Servers

COMPLETE = ("upload-complete", "?1")
GOOD = [(":method", "POST"), (":scheme", "http"), (":path", "/a")]


# Streams and heads


def test_streams_beyond_the_limit_are_refused_alone(servers: Servers) -> None:
    peer = servers.open(servers.start(streams=3))
    streams = [peer.begin("POST", "/a", COMPLETE) for _ in range(5)]
    refused = [peer.answer(stream).resets for stream in streams[3:]]
    assert refused == [[ErrorCodes.REFUSED_STREAM]] * 2
    peer.data(streams[4], b"late", end=True)
    for stream in streams[:3]:
        peer.data(stream, b"abc", end=True)
        assert peer.answer(stream).status == 201
    assert peer.lives()


def test_any_number_of_streams_may_be_refused(servers: Servers) -> None:
    peer = servers.open(servers.start(streams=1))
    stuck = peer.begin("POST", "/a", COMPLETE)
    refused = [peer.begin("POST", "/a", COMPLETE, end=True) for _ in range(1100)]
    assert {code for stream in refused for code in peer.answer(stream).resets} == {
        ErrorCodes.REFUSED_STREAM
    }
    peer.data(stuck, b"abc", end=True)
    assert peer.answer(stuck).status == 201


def test_content_of_refused_streams_does_not_use_up_the_connection(servers: Servers) -> None:
    peer = servers.open(servers.start(streams=1, window_octets=1000))
    peer.wait(lambda: peer.first_window == 1000)
    stuck = peer.begin("POST", "/a", COMPLETE)
    refused: list[int] = []
    for _ in range(2):
        refused = [peer.begin("POST", "/a", COMPLETE) for _ in range(40)]
        for stream in refused:
            peer.answer(stream)
        with servers.halted():
            for stream in refused:
                peer.send(PingFrame(0, opaque_data=b"12345678"))
                peer.data(stream, b"x" * 1000)
    peer.data(stuck, b"abc", end=True)
    assert peer.answer(stuck).status == 201
    peer.wait(lambda: sum(isinstance(each, PingFrame) for each in peer.frames) == 80)
    assert all(peer.answers[stream].resets == [ErrorCodes.REFUSED_STREAM] for stream in refused)


@pytest.mark.parametrize(
    "fields",
    [
        [(f"x-{number}", "x") for number in range(101)],
        [("x", "x" * 70_000)],
    ],
)
def test_too_large_heads_are_answered(servers: Servers, fields: list[tuple[str, str]]) -> None:
    peer = servers.open(servers.start())
    assert peer.ask("POST", "/a", *fields).status == 431
    stream = peer.begin("POST", "/a", *fields)
    answer = peer.answer(stream)
    peer.wait(lambda: answer.resets)
    assert (answer.status, answer.resets) == (431, [ErrorCodes.NO_ERROR])
    assert peer.lives()


def test_a_field_section_that_grows_by_decompression_ends_the_connection(servers: Servers) -> None:
    peer = servers.open(servers.start())
    peer.send(*peer.section([*GOOD, *[("x", "y" * 3000)] * 100]))
    assert peer.ended() == ErrorCodes.ENHANCE_YOUR_CALM


# Floods


def continuations(peer: Peer) -> list[Frame]:
    first: Frame = HeadersFrame(1, data=peer.encoder.encode(GOOD))
    return [first] + [ContinuationFrame(1) for _ in range(100)]


def octets_of_continuations(peer: Peer) -> list[Frame]:
    first: Frame = HeadersFrame(1, data=peer.encoder.encode(GOOD))
    return [first] + [ContinuationFrame(1, data=b"\x00" * 16_000) for _ in range(9)]


def resets(peer: Peer) -> list[Frame]:
    frames: list[Frame] = []
    for _ in range(30):
        head = peer.section(GOOD)
        frames += [*head, RstStreamFrame(head[0].stream_id, error_code=8)]
    return frames


def malformed(peer: Peer) -> list[Frame]:
    return [frame for _ in range(30) for frame in peer.section(GOOD[:2])]


def pings(peer: Peer) -> list[Frame]:
    del peer
    return [PingFrame(0, opaque_data=b"12345678") for _ in range(30)]


def settings(peer: Peer) -> list[Frame]:
    del peer
    return [SettingsFrame(0) for _ in range(30)]


def priorities(peer: Peer) -> list[Frame]:
    del peer
    return [PriorityFrame(1, depends_on=3) for _ in range(30)]


def empty_frames(peer: Peer) -> list[Frame]:
    return [*peer.section(GOOD), *[DataFrame(1) for _ in range(30)]]


@pytest.mark.parametrize(
    "flood",
    [
        continuations,
        octets_of_continuations,
        resets,
        malformed,
        pings,
        settings,
        priorities,
        empty_frames,
    ],
)
def test_floods_end_the_connection(servers: Servers, flood: Callable[[Peer], list[Frame]]) -> None:
    server = servers.start(frames_at_once=20)
    peer = servers.open(server)
    peer.send(*flood(peer))
    assert peer.ended() == ErrorCodes.ENHANCE_YOUR_CALM
    assert servers.open(server).lives()


def test_a_flood_leaves_nothing_behind(servers: Servers) -> None:
    server = servers.start(frames_at_once=20, linger_seconds=0.1)
    for _ in range(5):
        peer = servers.open(server)
        peer.send(*resets(peer))
        assert peer.ended() == ErrorCodes.ENHANCE_YOUR_CALM
    wait_for(lambda: not server.connections)


def test_what_flows_slowly_is_no_flood(servers: Servers) -> None:
    peer = servers.open(servers.start(frames_at_once=5, frames_a_second=1e6))
    for _ in range(20):
        peer.send(*pings(peer)[:2])
        assert peer.lives()


def test_octets_after_the_end_are_dropped_and_bounded(servers: Servers) -> None:
    server = servers.start(frames_at_once=5, linger_octets=100_000)
    peer = servers.open(server)
    peer.send(*pings(peer))
    assert peer.ended() == ErrorCodes.ENHANCE_YOUR_CALM
    peer.raw(b"x" * 50_000)
    assert len(server.connections) == 1
    for _ in range(20):
        peer.raw(b"x" * 50_000)
    wait_for(lambda: not server.connections)


# Frames that no client may send


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b"\x00\x00\x00\x01\x05\x00\x00\x00\x01", ErrorCodes.PROTOCOL_ERROR),  # first frame
        (b"\x00\x00\x00\x04\x01\x00\x00\x00\x00", ErrorCodes.PROTOCOL_ERROR),  # acknowledgement
    ],
)
def test_a_connection_begins_with_settings(servers: Servers, octets: bytes, code: int) -> None:
    peer = servers.open(servers.start(), begin=False)
    peer.raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + octets)
    assert peer.ended() == code


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b"\x04\x00\x01\x00\x00\x00\x00\x00\x01", ErrorCodes.FRAME_SIZE_ERROR),
        (RstStreamFrame(9).serialize(), ErrorCodes.PROTOCOL_ERROR),
        (b"\x00\x00\x08\x07\x00\x00\x00\x00\x01" + bytes(8), ErrorCodes.PROTOCOL_ERROR),
        (b"\x00\x00\x04\x07\x00\x00\x00\x00\x00" + bytes(4), ErrorCodes.FRAME_SIZE_ERROR),
        (DataFrame(9, data=b"x").serialize(), ErrorCodes.PROTOCOL_ERROR),
        (HeadersFrame(2, data=b"\x82", flags=("END_HEADERS",)).serialize(), 1),
        (HeadersFrame(1, data=b"\xff" * 9, flags=("END_HEADERS",)).serialize(), 1),
        (HeadersFrame(1, data=b"\x82").serialize() + DataFrame(1).serialize(), 1),
        (HeadersFrame(1, data=b"\x82").serialize() + GoAwayFrame(0).serialize(), 1),
    ],
)
def test_faults_of_the_connection_end_it(servers: Servers, octets: bytes, code: int) -> None:
    peer = servers.open(servers.start())
    peer.raw(octets)
    assert peer.ended() == code


def test_more_content_than_the_window_ends_the_connection(servers: Servers) -> None:
    peer = servers.open(servers.start(window_octets=1000, streams=10))
    head = peer.section(GOOD)
    peer.send(*head, DataFrame(head[0].stream_id, data=b"x" * 1001))
    assert peer.ended() == ErrorCodes.FLOW_CONTROL_ERROR


def test_unknown_frames_are_passed_over(servers: Servers) -> None:
    peer = servers.open(servers.start())
    peer.raw(b"\x00\x10\x00\xfa\xff\x00\x00\x00\x07" + bytes(4096))
    assert peer.lives()


# Time and memory


def test_idle_connections_are_told_and_ended(servers: Servers) -> None:
    peer = servers.open(servers.start(idle_seconds=0.2))
    peer.send(PingFrame(0))
    assert peer.ended() == ErrorCodes.NO_ERROR


def test_an_idle_stream_ends_alone_and_is_kept(servers: Servers) -> None:
    server = servers.start(idle_seconds=2.0)  # far more than any pause of a busy machine
    peer, other = servers.open(server), servers.open(server)
    path = peer.create()
    stuck, busy = peer.append(path, 3), peer.begin("POST", "/a", COMPLETE)
    peer.data(stuck, b"def")
    while stuck not in peer.answers or not peer.answers[stuck].over:
        peer.data(busy, b"x")
        peer.wait(lambda: True)
        time.sleep(0.05)
        peer._read()
    assert peer.answers[stuck].resets == [ErrorCodes.CANCEL]
    peer.data(busy, b"x", end=True)
    assert peer.answer(busy).status == 201
    assert peer.state(path) == (6, "?0")
    assert other.ended() == ErrorCodes.NO_ERROR


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        SettingsFrame(0).serialize() + b"\x00\x00",
        SettingsFrame(0).serialize() + HeadersFrame(1, data=b"\x82").serialize(),
        SettingsFrame(0).serialize() + HeadersFrame(1, data=b"\x82" * 9).serialize()[:-1],
    ],
)
def test_what_has_begun_has_to_go_on(servers: Servers, octets: bytes) -> None:
    peer = servers.open(servers.start(head_seconds=0.2), begin=False)
    peer.raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + octets)
    assert peer.ended() == ErrorCodes.ENHANCE_YOUR_CALM


def test_a_slow_frame_of_content_is_no_idle_stream(servers: Servers) -> None:
    peer = servers.open(servers.start(idle_seconds=1.0, head_seconds=1.0))
    stream = peer.begin("POST", "/a", COMPLETE)
    octets = DataFrame(stream, data=b"abcdefghijkl", flags=("END_STREAM",)).serialize()
    peer.raw(octets[:9])
    for octet in octets[9:]:  # more than a second in all, and far less between two
        time.sleep(0.1)
        peer.raw(bytes([octet]))
    assert peer.answer(stream).status == 201


def test_a_client_that_does_not_read_is_given_up(servers: Servers) -> None:
    server = servers.start(idle_seconds=0.5, linger_seconds=0.2)
    data = bytes(8_000_000)
    path = servers.open(server).ask("POST", "/a", content=data).fields["content-location"]
    peer = servers.open(server, INITIAL_WINDOW_SIZE=2**31 - 1)
    peer.raw(b"\x00\x00\x04\x08\x00\x00\x00\x00\x00\x40\x00\x00\x00")  # WINDOW_UPDATE
    for _ in range(4):
        peer.begin("GET", path, end=True)
    wait_for(lambda: not server.connections)


def test_answers_nobody_reads_stop_the_reading(servers: Servers) -> None:
    server = servers.start(frames_at_once=10_000_000, unsent_octets=100_000)
    peer = servers.open(server)
    assert peer.lives()
    connection: Any
    (connection,) = server.connections
    transport = connection._transport
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 10_000)
    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 10_000)
    flood = PingFrame(0).serialize() * 30_000
    sender = threading.Thread(target=peer.raw, args=(flood,))
    sender.start()
    wait_for(lambda: not transport.is_reading())
    assert transport.get_write_buffer_size() < len(flood) - 100_000
    peer.wait(lambda: len(peer.frames) > 30_000)
    sender.join()
    assert peer.lives()
