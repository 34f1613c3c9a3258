"""The parts of the HTTP/2 front end that need no network."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from h2.errors import ErrorCodes
from hyperframe.frame import Frame
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_server.bounds import Bounds
from reference_server.core.messages import Response
from reference_server.h2 import H2Connection
from reference_server.h2_frames import (
    END_HEADERS,
    PREFACE,
    Budget,
    ConnectionEndedError,
    FrameHead,
    Guard,
    Kind,
    read_head,
)
from reference_server.h2_messages import (
    LargeRequestError,
    MalformedRequestError,
    final_section,
    read_request,
)
from reference_server.h2_stream import Outgoing

if TYPE_CHECKING:
    from reference_server.core.server import Core

METHOD, SCHEME, PATH = (b":method", b"POST"), (b":scheme", b"http"), (b":path", b"/a?b")
GOOD = [METHOD, SCHEME, PATH]
Section = list[tuple[bytes, bytes]]


# Requests


def test_a_request_is_understood() -> None:
    section = [*GOOD, (b":authority", b"X"), (b"host", b"x"), (b"te", b"Trailers"), (b"a", b"\xe9")]
    request = read_request(section, Bounds(), ended=False)
    assert (request.method, request.target, request.http_version) == ("POST", "/a?b", (2, 0))
    assert request.length is None
    assert request.fields.get("A") == "\xe9"
    assert ":path" not in request.fields


@pytest.mark.parametrize(
    ("lines", "ended", "length"),
    [
        ([], True, 0),
        ([(b"content-length", b"0")], True, 0),
        ([(b"content-length", b"12")], False, 12),
        ([(b"content-length", b"012")], False, 12),
        ([(b"content-length", b"12"), (b"content-length", b"12")], False, 12),
    ],
)
def test_the_length_of_a_request(lines: Section, ended: bool, length: int) -> None:
    assert read_request([*GOOD, *lines], Bounds(), ended=ended).length == length


@pytest.mark.parametrize(
    "section",
    [
        [SCHEME, PATH],
        [METHOD, PATH],
        [METHOD, SCHEME],
        [],
        [(b":method", b"PO ST"), SCHEME, PATH],
        [METHOD, (b":scheme", b""), PATH],
        [METHOD, SCHEME, (b":path", b"")],
        [METHOD, SCHEME, (b":path", b"a")],
        [METHOD, SCHEME, (b":path", b"/a b")],
        [METHOD, SCHEME, (b":path", b"/\xc3\xa9")],
        [METHOD, METHOD, SCHEME, PATH],
        [*GOOD, (b":status", b"200")],
        [*GOOD, (b":other", b"x")],
        [METHOD, SCHEME, (b"a", b"b"), PATH],
        [*GOOD, (b"Upload-Complete", b"?1")],
        [*GOOD, (b"", b"x")],
        [*GOOD, (b"a b", b"x")],
        [*GOOD, (b"a:b", b"x")],
        [*GOOD, (b"a", b"x\x00y")],
        [*GOOD, (b"a", b"x\ry")],
        [*GOOD, (b"a", b"x\n")],
        [*GOOD, (b"a", b" x")],
        [*GOOD, (b"a", b"x\t")],
        [*GOOD, (b"connection", b"close")],
        [*GOOD, (b"keep-alive", b"1")],
        [*GOOD, (b"proxy-connection", b"close")],
        [*GOOD, (b"transfer-encoding", b"chunked")],
        [*GOOD, (b"upgrade", b"h2c")],
        [*GOOD, (b"te", b"gzip")],
        [*GOOD, (b":authority", b"x"), (b"host", b"y")],
        [*GOOD, (b"host", b"x"), (b"host", b"y")],
        [*GOOD, (b"content-length", b"x")],
        [*GOOD, (b"content-length", b"-1")],
        [*GOOD, (b"content-length", b"1, 1")],
        [*GOOD, (b"content-length", b"1" * 19)],
        [*GOOD, (b"content-length", b"1"), (b"content-length", b"2")],
        [(b":method", b"CONNECT"), SCHEME, PATH, (b":authority", b"x:1")],
        [(b":method", b"CONNECT")],
    ],
)
def test_malformed_requests(section: Section) -> None:
    with pytest.raises(MalformedRequestError):
        read_request(section, Bounds(), ended=False)


def test_connect_names_an_authority() -> None:
    section = [(b":method", b"CONNECT"), (b":authority", b"x:1")]
    assert read_request(section, Bounds(), ended=True).target == "x:1"


def test_large_requests_are_measured_as_announced() -> None:
    section = [*GOOD, (b"a", b"x" * 100)]
    size = sum(len(name) + len(value) + 32 for name, value in section)
    read_request(section, Bounds(head_octets=size), ended=True)
    for bounds in (Bounds(head_octets=size - 1), Bounds(field_lines=0)):
        with pytest.raises(LargeRequestError):
            read_request(section, bounds, ended=True)


@given(st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=20)), max_size=6))
@settings(max_examples=100)
def test_any_section_is_understood_or_refused(section: Section) -> None:
    for lines in (section, [*GOOD, *section]):
        try:
            read_request(lines, Bounds(), ended=False)
        except MalformedRequestError:
            continue
        assert not any(name != name.lower() for name, _ in lines)


@pytest.mark.parametrize(("status", "told"), [(201, b"3"), (204, None), (304, None)])
def test_responses_tell_their_length(status: int, told: bytes | None) -> None:
    section = final_section(Response(status=status, fields=(("X-Y", "é"),), content=b"abc"))
    assert section[0] == (b":status", str(status).encode())
    assert section[1] == (b"x-y", b"\xe9")
    assert dict(section).get(b"content-length") == told
    assert b"date" in dict(section)


# Frames


def test_heads_of_frames() -> None:
    octets = bytes.fromhex("010203090480000005")
    assert read_head(octets) == FrameHead(length=0x010203, kind=9, flags=4, stream=5)


def test_a_budget_is_filled_up_by_time() -> None:
    now = [0.0]
    budget = Budget(3, 2.0, lambda: now[0])
    for _ in range(3):
        budget.spend()
    with pytest.raises(ConnectionEndedError) as caught:
        budget.spend()
    assert caught.value.code == ErrorCodes.ENHANCE_YOUR_CALM
    now[0] = 1.0
    budget.spend()
    budget.spend()
    with pytest.raises(ConnectionEndedError):
        budget.spend()
    now[0] = 100.0
    for _ in range(3):
        budget.spend()
    with pytest.raises(ConnectionEndedError):
        budget.spend()


@pytest.mark.parametrize(
    ("heads", "waiting"),
    [
        ([], True),
        ([(Kind.SETTINGS, 0)], False),
        ([(Kind.SETTINGS, 0), (Kind.HEADERS, 0)], True),
        ([(Kind.SETTINGS, 0), (Kind.HEADERS, 0), (Kind.CONTINUATION, 0)], True),
        ([(Kind.SETTINGS, 0), (Kind.HEADERS, 0), (Kind.CONTINUATION, END_HEADERS)], False),
        ([(Kind.SETTINGS, 0), (Kind.HEADERS, END_HEADERS)], False),
    ],
)
def test_unfinished_sections_are_waited_for(heads: list[tuple[Kind, int]], waiting: bool) -> None:
    guard = Guard(Bounds(), lambda: 0.0)
    for kind, flags in heads:
        stream = 0 if kind is Kind.SETTINGS else 1
        guard.admit(FrameHead(length=0, kind=kind, flags=flags, stream=stream))
    assert guard.waiting is waiting


# Responses


def test_content_is_taken_as_there_is_room() -> None:
    outgoing = Outgoing(iter([b"", b"abc", b"defg"]), 6)
    taken = []
    while outgoing.left:
        taken.append(bytes(outgoing.take(2)))
    assert taken == [b"ab", b"c", b"de", b"f"]
    assert not Outgoing(iter([]), 3).take(2)


def test_content_that_cannot_be_read_ends() -> None:
    def pieces() -> Any:
        yield b"abc"
        raise OSError

    outgoing = Outgoing(pieces(), 6)
    assert bytes(outgoing.take(6)) == b"abc"
    assert not outgoing.take(6)


# Whatever comes


class Wire(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def write(self, data: Any) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return 0

    def can_write_eof(self) -> bool:
        return False

    def close(self) -> None:
        pass

    def abort(self) -> None:
        pass


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    """Draw a frame, more or less sensible."""
    section = st.sampled_from(
        [b"\x82\x87\x84", b"\x83\x87\x84", b"\x83", b"\x82\x87\x84\x0f\x0d\x013"]
    )
    payload = draw(st.one_of(st.binary(max_size=12), section))
    kind, flags = draw(st.integers(0, 11)), draw(st.sampled_from([0, 1, 4, 5, 8, 0x20, 0x2D]))
    stream = draw(st.sampled_from([0, 1, 1, 2, 3, 3, 5, 7]))
    head = len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big")
    return head + payload


@given(st.lists(frames(), max_size=12), st.integers(1, 40))
@settings(max_examples=100, deadline=None)
def test_any_frames_are_handled(make_bench_always: Any, sent: list[bytes], step: int) -> None:
    core: Core = make_bench_always().core
    connections: Any = set()
    wire = Wire()

    async def feed() -> None:
        connection = H2Connection(core.begin, Bounds(), connections)
        connection.connection_made(wire)
        octets = PREFACE + bytes.fromhex("000000040000000000") + b"".join(sent)
        for start in range(0, len(octets), step):
            connection.data_received(octets[start : start + step])
        connection.connection_lost(None)

    asyncio.run(feed())
    assert not connections
    view = memoryview(wire.written)
    while view:
        frame, length = Frame.parse_frame_header(view[:9])
        frame.parse_body(view[9 : 9 + length])
        view = view[9 + length :]
