"""The strict reading of HTTP/2 response fields."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.model.transcript import FieldLine
from conformance.syntax.h2lint import (
    declared_length,
    head_text,
    lint_content,
    read_head,
    read_trailers,
)

Fields = list[tuple[bytes, bytes]]

OK = (b":status", b"200")
I104 = (b":status", b"104")


def rules(fields: Fields, *, end_stream: bool = False) -> list[str]:
    return [lint.rule for lint in read_head(fields, end_stream=end_stream).lints]


def test_a_proper_head_has_no_lint() -> None:
    head = read_head([OK, (b"upload-offset", b"5"), (b"te", b"trailers")], end_stream=True)
    assert head.lints == ()
    assert (head.version, head.status, head.reason) == ("HTTP/2", 200, b"")
    assert head.fields == (FieldLine(b"upload-offset", b"5"), FieldLine(b"te", b"trailers"))


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ([], "missing-status"),
        ([(b":status", b"200"), OK], "duplicate-status"),
        ([(b":status", b"20")], "status-code-digits"),
        ([(b":status", b"2xx")], "status-code-digits"),
        ([(b":status", b"99")], "status-code-digits"),
        ([(b":status", b"099")], "status-code-range"),
        ([(b":status", b"600")], "status-code-range"),
        ([OK, (b":path", b"/")], "unknown-pseudo-field"),
        ([(b"a", b"b"), OK], "pseudo-field-after-field"),
        ([OK, (b"Location", b"/")], "uppercase-field-name"),
        ([OK, (b"", b"x")], "invalid-field-name"),
        ([OK, (b"a b", b"x")], "invalid-field-name"),
        ([OK, (b"a", b"x\r\ny")], "invalid-field-value"),
        ([OK, (b"a", b"x\0")], "invalid-field-value"),
        ([OK, (b"a", b"x\x7f")], "invalid-field-value"),
        ([OK, (b"a", b" x")], "whitespace-around-field-value"),
        ([OK, (b"a", b"x\t")], "whitespace-around-field-value"),
        ([OK, (b"connection", b"close")], "connection-specific-field"),
        ([OK, (b"transfer-encoding", b"chunked")], "connection-specific-field"),
        ([OK, (b"te", b"gzip")], "connection-specific-field"),
        ([OK, (b"content-length", b"x")], "invalid-content-length"),
        ([OK, (b"content-length", b"1"), (b"content-length", b"2")], "differing-content-length"),
        ([OK, (b"content-length", b"1"), (b"content-length", b"1")], "duplicate-content-length"),
        ([(b":status", b"204"), (b"content-length", b"0")], "content-length-on-204"),
        ([I104, (b"content-length", b"0")], "content-length-on-1xx"),
        ([(b":status", b"101")], "status-101-in-http-2"),
    ],
)
def test_every_deviation_has_its_rule(fields: Fields, rule: str) -> None:
    assert rules(fields) == [rule]


def test_an_interim_response_must_not_end_the_stream() -> None:
    assert rules([I104], end_stream=True) == ["interim-ends-stream"]
    assert rules([I104]) == []


def test_trailers_end_the_stream_and_have_no_pseudo_fields() -> None:
    lines, lints = read_trailers([(b"x", b"1")], end_stream=True)
    assert (lines, lints) == ((FieldLine(b"x", b"1"),), ())
    lines, lints = read_trailers([OK, (b"X", b"1")], end_stream=False)
    assert lines == (FieldLine(b"X", b"1"),)
    assert [lint.rule for lint in lints] == [
        "pseudo-field-in-trailers",
        "trailers-without-end-stream",
        "uppercase-field-name",
    ]


@pytest.mark.parametrize(
    ("status", "method", "length", "received", "rule"),
    [
        (b"200", "GET", b"5", 5, ""),
        (b"200", "GET", None, 5, ""),
        (b"200", "GET", b"5", 4, "content-length-mismatch"),
        (b"200", "GET", b"5", 0, "content-length-mismatch"),
        (b"200", "GET", b"x", 4, ""),
        (b"200", "HEAD", b"5", 0, ""),
        (b"200", "HEAD", b"5", 5, "content-after-head"),
        (b"204", "GET", None, 0, ""),
        (b"204", "GET", None, 1, "content-after-204"),
        (b"304", "GET", b"5", 0, ""),
        (b"304", "GET", b"5", 5, "content-after-304"),
    ],
)
def test_content_is_held_against_the_head(
    status: bytes, method: str, length: bytes | None, received: int, rule: str
) -> None:
    fields = [(b":status", status)]
    if length is not None:
        fields.append((b"content-length", length))
    head = read_head(fields, end_stream=False)
    assert [lint.rule for lint in lint_content(head, method, received)] == ([rule] if rule else [])


def test_lengths_beyond_reason_declare_nothing() -> None:
    head = read_head([OK, (b"content-length", b"9" * 30)], end_stream=False)
    assert declared_length(head) is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from([b":status", b"a", b"Content-Length", b":x"]) | st.binary(max_size=8),
            st.sampled_from([b"200", b"104", b"1, 2"]) | st.binary(max_size=8),
        ),
        max_size=6,
    ),
    st.booleans(),
)
@settings(max_examples=100)
def test_whatever_is_given_something_is_read(fields: Fields, end_stream: bool) -> None:
    head = read_head(fields, end_stream=end_stream)
    assert 0 <= head.status <= 999
    assert len({lint.rule for lint in head.lints}) == len(head.lints)
    assert len(head.fields) == sum(not name.startswith(b":") for name, _ in fields)
    assert head_text(fields).count(b": ") >= len(fields)
