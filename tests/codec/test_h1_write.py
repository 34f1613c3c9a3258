"""Writing messages exactly as told."""

from __future__ import annotations

import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.codec import h1_write
from conformance.model.transcript import FieldLine

TOKENS = st.text("abcXYZ-_0189", min_size=1, max_size=12)
VALUES = st.text('abc ,;="?019\t', max_size=20).map(lambda text: text.strip(" \t"))


def test_a_request_head_is_written_as_given() -> None:
    fields = (FieldLine(b"Host", b"h"), FieldLine(b"X", b""))
    octets = h1_write.request_head("PATCH", "/u?x", "HTTP/1.1", fields)
    assert octets == b"PATCH /u?x HTTP/1.1\r\nHost: h\r\nX: \r\n\r\n"


@pytest.mark.parametrize(
    ("target", "written"),
    [("/\xe9", b"/\xe9"), ("/\u20ac", b"/\xe2\x82\xac"), ("/a b\r\n", b"/a b\r\n")],
)
def test_nothing_is_corrected(target: str, written: bytes) -> None:
    octets = h1_write.request_head("P T", target, "HTTP/9.9", (FieldLine(b"a\x00 ", b" \n"),))
    assert octets == b"P T " + written + b" HTTP/9.9\r\na\x00 :  \n\r\n\r\n"


def test_a_response_head_has_a_status_line() -> None:
    assert h1_write.response_head("HTTP/1.1", 104, b"", ()) == b"HTTP/1.1 104 \r\n\r\n"


def test_chunks_tell_their_length_in_hexadecimal() -> None:
    assert h1_write.chunk(b"x" * 26) == b"1a\r\n" + b"x" * 26 + b"\r\n"


def test_an_empty_chunk_is_not_written_because_it_would_end_the_content() -> None:
    assert h1_write.chunk(b"") == b""


def test_the_last_chunk_carries_trailers() -> None:
    assert h1_write.last_chunk() == b"0\r\n\r\n"
    assert h1_write.last_chunk((FieldLine(b"T", b"v"),)) == b"0\r\nT: v\r\n\r\n"


@settings(max_examples=60)
@given(
    TOKENS,
    st.lists(st.tuples(TOKENS.map(lambda text: f"X-{text}"), VALUES), max_size=5),
    st.lists(st.binary(min_size=1, max_size=40), max_size=4),
)
def test_what_is_written_is_read_by_a_server(
    method: str, pairs: list[tuple[str, str]], chunks: list[bytes]
) -> None:
    fields = [FieldLine(b"Host", b"h"), FieldLine(b"Transfer-Encoding", b"chunked")]
    fields += [FieldLine(name.encode(), value.encode()) for name, value in pairs]
    octets = h1_write.request_head(method, "/", "HTTP/1.1", fields)
    octets += b"".join(map(h1_write.chunk, chunks)) + h1_write.last_chunk()
    server = h11.Connection(h11.SERVER)
    server.receive_data(octets)
    request = server.next_event()
    assert isinstance(request, h11.Request)
    assert request.method == method.encode()
    read = [(bytes(name), bytes(value)) for name, value in request.headers.raw_items()]
    assert read == [(line.name, line.value) for line in fields]
    content = b""
    while isinstance(event := server.next_event(), h11.Data):
        content += event.data
    assert isinstance(event, h11.EndOfMessage)
    assert content == b"".join(chunks)
