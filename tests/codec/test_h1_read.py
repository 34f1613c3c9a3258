"""Reading responses, however they arrive."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.codec import h1_write, interims
from conformance.codec.h1_read import (
    BoundReached,
    ContentPiece,
    FinalHead,
    InterimHead,
    Malformed,
    MessageEnd,
    ReadEvent,
    ResponseReader,
)
from conformance.model.transcript import FieldLine, Moment

NOW = Moment(1, 0.0)
I104 = b"HTTP/1.1 104 Upload Resumption Supported\r\nLocation: /u\r\n\r\n"
I100 = b"HTTP/1.1 100 Continue\r\n\r\n"
F201 = b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: v\r\n\r\n"
)


def read(octets: bytes, method: str = "POST", cuts: tuple[int, ...] = ()) -> list[object]:
    """Read octets in pieces; return events without moments, content joined, and what is left."""
    reader = ResponseReader(method)
    events: list[ReadEvent] = []
    for start, end in pairwise((0, *sorted(cuts), len(octets))):
        if start < end:
            events += reader.feed(octets[start:end], NOW)
    return [*told(events), reader.done, reader.rest]


def told(events: list[ReadEvent]) -> list[object]:
    found: list[object] = []
    content = b""
    for event in events:
        if isinstance(event, ContentPiece):
            content += event.data
            continue
        if content:
            found.append(content)
            content = b""
        match event:
            case InterimHead() | FinalHead():
                found.append((type(event).__name__, event.head, event.octets))
            case MessageEnd():
                found.append(("end", event.trailers))
            case Malformed() | BoundReached():
                found.append(event)
    return [*found, content] if content else found


def statuses(events: list[ReadEvent]) -> list[int]:
    return [event.head.status for event in events if isinstance(event, InterimHead | FinalHead)]


def test_interims_come_before_the_final_response() -> None:
    reader = ResponseReader("POST")
    events = reader.feed(I100 + I104 + F201, NOW)
    assert [type(event) for event in events] == [
        InterimHead, InterimHead, FinalHead, ContentPiece, MessageEnd,
    ]  # fmt: skip
    assert statuses(events) == [100, 104, 201]
    assert reader.done
    assert reader.rest == b""


def test_heads_carry_their_octets_fields_and_moments() -> None:
    reader = ResponseReader("POST")
    early, late = Moment(1, 0.1), Moment(2, 0.2)
    assert reader.feed(I104[:20], early) == []
    (event,) = reader.feed(I104[20:], late)
    assert isinstance(event, InterimHead)
    assert (event.began, event.at) == (early, late)
    assert event.octets == I104
    assert event.head.fields == (FieldLine(b"Location", b"/u"),)


def test_lints_are_found_in_what_is_understood() -> None:
    reader = ResponseReader("POST")
    (event,) = reader.feed(b"HTTP/1.1 104\nContent-Length: 0\n\n", NOW)
    assert isinstance(event, InterimHead)
    rules = {lint.rule for lint in event.head.lints}
    assert rules == {"bare-lf", "status-line-missing-space", "content-length-on-1xx"}


def test_chunked_content_is_taken_apart() -> None:
    assert read(CHUNKED)[1:] == [b"abcde", ("end", (FieldLine(b"T", b"v"),)), True, b""]


@pytest.mark.parametrize(
    ("method", "octets"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
        ("HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ("GET", b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 Not Modified\r\n\r\n"),
        ("GET", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ],
)
def test_what_follows_a_response_without_content_is_left(method: str, octets: bytes) -> None:
    reader = ResponseReader(method)
    events = reader.feed(octets + b"stray", NOW)
    assert [type(event) for event in events] == [FinalHead, MessageEnd]
    assert reader.rest == b"stray"
    assert not reader.until_close
    assert reader.feed(b"more", NOW) == []
    assert reader.rest == b"straymore"
    assert reader.end_of_stream(NOW) == []


def test_the_next_response_is_left() -> None:
    assert read(F201 + F201)[-1] == F201


def test_content_may_end_with_the_connection() -> None:
    reader = ResponseReader("GET")
    events = reader.feed(b"HTTP/1.0 200 OK\r\n\r\nabc", NOW)
    assert reader.until_close
    assert not reader.done
    events += reader.feed(b"def", NOW)
    events += reader.end_of_stream(NOW)
    assert told(events)[1:] == [b"abcdef", ("end", ())]
    assert reader.done


@pytest.mark.parametrize(
    ("octets", "awaited"),
    [
        (b"", "a response"),
        (I104, "a response"),
        (b"HTTP/1.1 20", "the end of a header section"),
        (F201[:-1], "the end of the content"),
        (CHUNKED[:-1], "the end of the content"),
    ],
)
def test_a_connection_that_ends_too_early_ends_nothing(octets: bytes, awaited: str) -> None:
    reader = ResponseReader("GET")
    reader.feed(octets, NOW)
    assert reader.awaits == awaited
    assert reader.end_of_stream(NOW) == []
    assert reader.done
    if awaited == "the end of a header section":
        assert reader.rest == octets


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"SSH-2.0-OpenSSH\r\n", "does not begin like"),
        (b"\r\nHTTP/1.1 200 OK\r\n\r\n", "does not begin like"),
        (b"http/1.1 200 OK\r\n\r\n", "does not begin like"),
        (b"HTTP/1.1 20 OK\r\n\r\n", "three digits"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "no colon"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "differ"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "ncoding"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "content cannot be read"),
        (b"HTTP/1.1 099 Low\r\n\r\n", "outside 100 to 599"),
    ],
)
def test_what_is_not_http_ends_the_reading(octets: bytes, words: str) -> None:
    reader = ResponseReader("GET")
    last = reader.feed(octets, NOW)[-1]
    assert isinstance(last, Malformed)
    assert words in last.detail
    assert reader.done
    assert reader.rest
    assert reader.feed(I104, NOW) == []
    assert reader.end_of_stream(NOW) == []


def test_a_malformed_head_is_left_whole_with_its_lints() -> None:
    reader = ResponseReader("GET")
    octets = b"HTTP/1.1 200 OK\r\nA\x00: b\r\n\r\n"
    (event,) = reader.feed(octets + b"rest", NOW)
    assert isinstance(event, Malformed)
    assert [lint.rule for lint in event.lints] == ["invalid-field-name"]
    assert reader.rest == octets + b"rest"


def test_a_header_section_without_end_is_bounded() -> None:
    reader = ResponseReader("GET")
    events: list[ReadEvent] = reader.feed(b"HTTP/1.1 200 OK\r\n", NOW)
    for _ in range(70):
        events += reader.feed(b"X: " + b"y" * 1000 + b"\r\n", NOW)
    assert [type(event) for event in events] == [BoundReached]
    assert reader.done


def test_the_number_of_interims_is_bounded() -> None:
    reader = ResponseReader("GET")
    events = reader.feed(I100 * 20_000, NOW)
    assert sum(isinstance(event, InterimHead) for event in events) == interims.INTERIM_BOUND + 1
    assert isinstance(events[-1], BoundReached)


def test_the_octets_of_interims_are_bounded() -> None:
    reader = ResponseReader("GET")
    big = b"HTTP/1.1 104 X\r\nA: " + b"y" * 60_000 + b"\r\n\r\n"
    events: list[ReadEvent] = []
    for _ in range(200):
        events += reader.feed(big, NOW)
    assert isinstance(events[-1], BoundReached)
    assert len(events) < 150


def test_content_is_bounded() -> None:
    reader = ResponseReader("GET", max_content=10)
    events = reader.feed(b"HTTP/1.1 200 OK\r\n\r\n0123456789", NOW)
    assert told(events)[1:] == [b"0123456789"]
    (event,) = reader.feed(b"x", NOW)
    assert isinstance(event, BoundReached)
    assert reader.rest == b""


STREAMS = st.sampled_from(
    [
        I100 + I104 + F201,
        I104 + CHUNKED + b"after",
        b"HTTP/1.1 200 OK\n\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 3\r\n\r\nabcdef",
        b"HTTP/1.1 20 OK\r\n\r\nxyz",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n",
        b"HTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ]
)


@settings(max_examples=100)
@given(STREAMS, st.lists(st.integers(0, 120), max_size=12))
def test_pieces_do_not_matter(octets: bytes, cuts: list[int]) -> None:
    places = tuple(cut for cut in cuts if cut < len(octets))
    whole, pieces = read(octets), read(octets, cuts=places)
    if any(isinstance(each, Malformed) for each in whole):  # what is left then depends on arrival
        whole, pieces = whole[:-1], pieces[:-1]
    assert pieces == whole


NAMES = st.text("abcXYZ-_019", min_size=1, max_size=10).map(lambda text: f"X-{text}".encode())
VALUES = st.text("abc ,;=?019\t", max_size=20).map(lambda text: text.strip(" \t").encode())
FIELDS = st.lists(st.builds(FieldLine, NAMES, VALUES), max_size=4).map(tuple)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from([100, 103, 104, 199]), FIELDS), max_size=3),
    st.sampled_from([200, 201, 409, 500]),
    FIELDS,
    st.lists(st.binary(min_size=1, max_size=30), max_size=3),
    FIELDS,
)
def test_what_is_written_is_read_again(
    interims: list[tuple[int, tuple[FieldLine, ...]]],
    status: int,
    fields: tuple[FieldLine, ...],
    chunks: list[bytes],
    trailers: tuple[FieldLine, ...],
) -> None:
    fields = (FieldLine(b"Transfer-Encoding", b"chunked"), *fields)
    octets = b"".join(h1_write.response_head("HTTP/1.1", code, b"r", f) for code, f in interims)
    octets += h1_write.response_head("HTTP/1.1", status, b"why", fields)
    octets += b"".join(map(h1_write.chunk, chunks)) + h1_write.last_chunk(trailers)
    events = ResponseReader("GET").feed(octets, NOW)
    heads = [event.head for event in events if isinstance(event, InterimHead | FinalHead)]
    assert [head.status for head in heads] == [*(code for code, _ in interims), status]
    assert [head.fields for head in heads] == [*(f for _, f in interims), fields]
    assert not any(head.lints for head in heads)
    assert b"".join(e.data for e in events if isinstance(e, ContentPiece)) == b"".join(chunks)
    last = events[-1]
    assert isinstance(last, MessageEnd)
    assert last.trailers == trailers


@settings(max_examples=100)
@given(
    st.binary(max_size=60),
    st.sampled_from([b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n", CHUNKED[:60]]),
    st.sampled_from([b"", b"\r\n\r\n"]),
)
def test_whatever_comes_never_raises(junk: bytes, before: bytes, after: bytes) -> None:
    reader = ResponseReader("GET")
    reader.feed(before + junk + after, NOW)
    reader.end_of_stream(NOW)
    assert reader.done
