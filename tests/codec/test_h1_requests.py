"""Boundaries of HTTP/1 messages, told so that not one octet is lost."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.codec.h1_requests import RequestHead, RequestReader, read_request_head
from conformance.codec.h1_responses import ResponseHead, ResponseSpans
from conformance.codec.h1_spans import (
    LINE_BOUND,
    TRAILER_BOUND,
    BadFramingError,
    Between,
    Content,
    ContentCutter,
    MessageDone,
    Rest,
)
from conformance.model.transcript import FieldLine, Framing

PLAIN = b"POST /u HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"PATCH /u/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-T: 1\r\n\r\n"
)
BARE = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[low:high] for low, high in itertools.pairwise(places)]


def content(spans: list[object]) -> bytes:
    return b"".join(span.octets for span in spans if isinstance(span, Content))


@given(
    messages=st.lists(st.sampled_from([PLAIN, CHUNKED, BARE, b"\r\n" + PLAIN]), max_size=4),
    junk=st.binary(max_size=40),
    cuts=st.lists(st.integers(0, 10_000), max_size=8),
)
@settings(max_examples=100)
def test_requests_are_cut_out_without_loss_however_they_arrive(
    messages: list[bytes], junk: bytes, cuts: list[int]
) -> None:
    data = b"".join(messages) + junk
    reader = RequestReader()
    spans = [span for piece in pieces(data, cuts) for span in reader.feed(piece)]
    spans += reader.flush()
    assert b"".join(span.octets for span in spans) == data
    assert len([span for span in spans if isinstance(span, RequestHead)]) >= len(messages)
    assert len([span for span in spans if isinstance(span, MessageDone)]) >= len(messages)


@pytest.mark.parametrize(("message", "expected"), [(PLAIN, b"hello"), (CHUNKED, b"abcde")])
def test_content_is_told_from_its_coding(message: bytes, expected: bytes) -> None:
    spans = RequestReader().feed(message)
    assert content(list(spans)) == expected
    assert isinstance(spans[-1], MessageDone)


def test_a_head_is_read() -> None:
    head = read_request_head(b"PUT /a b HTTP/1.0\r\nA: 1\r\n folded\r\nB:2\r\n\r\n")
    assert (head.method, head.target, head.version) == ("PUT", "/a b", "HTTP/1.0")
    assert head.fields == (FieldLine(b"A", b"1 folded"), FieldLine(b"B", b"2"))
    assert (head.framing, head.declared) == (Framing.NONE, None)


@pytest.mark.parametrize(
    "octets",
    [
        b"nonsense\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * (LINE_BOUND + 2),
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: " + b"x" * TRAILER_BOUND,
        b"CONNECT a:1 HTTP/1.1\r\n\r\nanything",
        b"POST / HTTP/1.1\r\nA: " + b"x" * 70_000,
    ],
)
def test_what_cannot_be_followed_is_handed_on_for_good(octets: bytes) -> None:
    reader = RequestReader()
    spans = reader.feed(octets) + reader.feed(BARE)
    assert b"".join(span.octets for span in spans) == octets + BARE
    assert isinstance(spans[-1], Rest)
    assert reader.lost


INTERIM = b"HTTP/1.1 104 Upload Resumption Supported\r\nLocation: /u/1\r\n\r\n"
FINAL = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"


@given(
    interims=st.integers(0, 3),
    final=st.sampled_from(
        [
            FINAL,
            b"HTTP/1.1 204 No Content\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        ]
    ),
    after=st.binary(max_size=20),
    cuts=st.lists(st.integers(0, 10_000), max_size=8),
)
@settings(max_examples=100)
def test_responses_are_cut_out_without_loss_however_they_arrive(
    interims: int, final: bytes, after: bytes, cuts: list[int]
) -> None:
    data = INTERIM * interims + final + after
    reader = ResponseSpans("POST")
    spans = [span for piece in pieces(data, cuts) for span in reader.feed(piece)]
    assert b"".join(span.octets for span in spans) == data[: len(data) - len(after)]
    assert (reader.done, reader.rest) == (True, after)
    heads = [span for span in spans if isinstance(span, ResponseHead)]
    assert [head.interim for head in heads] == [True] * interims + [False]


def test_a_response_to_head_has_no_content() -> None:
    reader = ResponseSpans("HEAD")
    spans = reader.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" + FINAL)
    assert [type(span) for span in spans] == [ResponseHead, MessageDone]
    assert reader.rest == FINAL


def test_content_without_length_ends_with_the_connection() -> None:
    reader = ResponseSpans("GET")
    spans = reader.feed(b"HTTP/1.1 200 OK\r\n\r\nabc") + reader.feed(b"def")
    assert content(list(spans)) == b"abcdef"
    assert not reader.done
    assert reader.flush() == []
    assert reader.done


def test_a_head_alone_promises_content_until_the_connection_ends() -> None:
    reader = ResponseSpans("GET")
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    assert [span.octets for span in reader.feed(head)] == [head]
    assert not reader.done
    assert list(reader.feed(b"abc")) == [Content(b"abc")]


def test_a_coding_that_is_not_chunked_last_ends_with_the_connection() -> None:
    reader = ResponseSpans("GET")
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\nContent-Length: 1\r\n\r\n"
    spans = reader.feed(head + b"0\r\n\r\n") + reader.feed(b"abc")
    assert content(list(spans)) == b"0\r\n\r\nabc"
    assert not reader.done


def test_chunks_arriving_octet_by_octet_lose_nothing() -> None:
    cutter = ContentCutter(Framing.CHUNKED, None)
    data = b"5;a=b\r\nhello\r\n1\n!\n0\r\nX: 1\r\n\r\n"
    spans = [span for octet in data for span in cutter.feed(bytes((octet,)))]
    assert content(list(spans)) == b"hello!"
    assert b"".join(span.octets for span in spans) == data
    assert [span for span in spans if isinstance(span, Between)][-1].octets == b"X: 1\r\n\r\n"
    assert (cutter.done, cutter.rest) == (True, b"")


@pytest.mark.parametrize(
    "octets",
    [
        b"not http at all\r\n\r\nmore",
        b"HTTP/1.1 101 Switching\r\n\r\nother protocol",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 70_000,
    ],
)
def test_responses_that_cannot_be_followed_are_handed_on(octets: bytes) -> None:
    reader = ResponseSpans("POST")
    spans = reader.feed(octets)
    assert b"".join(span.octets for span in spans) == octets
    assert isinstance(spans[-1], Rest)
    assert reader.lost


def test_a_head_that_never_ended_is_told_with_the_end() -> None:
    reader = ResponseSpans("POST")
    assert reader.feed(b"HTTP/1.1 20") == []
    assert [span.octets for span in reader.flush()] == [b"HTTP/1.1 20"]


def test_bad_chunks_keep_what_was_not_told() -> None:
    cutter = ContentCutter(Framing.CHUNKED, None)
    with pytest.raises(BadFramingError):
        list(cutter.feed(b"!\r\n"))
    assert cutter.rest == b"!\r\n"
