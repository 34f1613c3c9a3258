"""Strict reading of response heads."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.model.transcript import FieldLine
from conformance.syntax.h1lint import lint_head, read_head

OK = b"HTTP/1.1 200 OK\r\n"
END = b"\r\n"

CLEAN = [
    OK + END,
    b"HTTP/1.1 104 \r\nUpload-Offset: 5\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    OK + b"X: \r\nY:\tz \r\nZ: \xe9t\xe9\r\n\r\n",
    b"HTTP/1.1 201 Cr\xc3\xa9\xc3\xa9\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n",
]

DEVIATING = [
    (b"HTTP/1.1 200 OK\nA: b\r\n\r\n", {"bare-lf"}),
    (OK + b"A: b\n\n", {"bare-lf"}),
    (OK + b"A: b\rc\r\n\r\n", {"bare-cr", "invalid-field-value"}),
    (b"HTTP/1.1 200 O\rK\r\n\r\n", {"bare-cr", "invalid-reason-phrase"}),
    (OK + b"A: b\r\n c\r\n\r\n", {"obs-fold"}),
    (OK + b" A: b\r\n\r\n", {"whitespace-before-first-field"}),
    (OK + b"A : b\r\n\r\n", {"whitespace-before-colon"}),
    (OK + b"A b: c\r\n\r\n", {"invalid-field-name"}),
    (OK + b": c\r\n\r\n", {"invalid-field-name"}),
    (OK + b"A: b\x00c\r\n\r\n", {"invalid-field-value"}),
    (OK + b"nothing\r\n\r\n", {"missing-colon"}),
    (b"HTTP/1.1 200\r\n\r\n", {"status-line-missing-space"}),
    (b"HTTP/1.1 20 OK\r\n\r\n", {"status-code-digits"}),
    (b"HTTP/1.1 2000 OK\r\n\r\n", {"status-code-digits"}),
    (b"HTTP/1.1 abc OK\r\n\r\n", {"status-code-digits"}),
    (b"HTTP/1.1  OK\r\n\r\n", {"status-code-digits"}),
    (b"HTTP/1.1\r\n\r\n", {"bad-status-line"}),
    (b"HTTP/11 200 OK\r\n\r\n", {"bad-status-line"}),
    (b"SSH-2.0-x\r\n\r\n", {"bad-status-line"}),
    (b"\r\n", {"bad-status-line"}),
    (b"", {"bad-status-line", "bare-lf"}),
    (b"HTTP/1.1 099 Low\r\n\r\n", {"status-code-range"}),
    (b"HTTP/1.1 999 High\r\n\r\n", {"status-code-range"}),
    (b"HTTP/1.2 200 OK\r\n\r\n", {"http-version"}),
    (b"HTTP/2.0 200 OK\r\n\r\n", {"http-version"}),
    (b"HTTP/1.1 104 X\r\nContent-Length: 0\r\n\r\n", {"content-length-on-1xx"}),
    (b"HTTP/1.1 204 X\r\nContent-Length: 0\r\n\r\n", {"content-length-on-204"}),
    (b"HTTP/1.1 100 X\r\nTransfer-Encoding: chunked\r\n\r\n", {"transfer-encoding-on-1xx"}),
    (b"HTTP/1.1 204 X\r\ntransfer-encoding: chunked\r\n\r\n", {"transfer-encoding-on-204"}),
    (
        OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        {"transfer-encoding-with-content-length"},
    ),
    (
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        {"transfer-encoding-in-http-1.0"},
    ),
    (b"HTTP/1.0 104 X\r\n\r\n", {"interim-in-http-1.0"}),
    (OK + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\n", {"duplicate-content-length"}),
    (OK + b"Content-Length: 5, 5\r\n\r\n", {"duplicate-content-length"}),
    (OK + b"Content-Length: 5\r\ncontent-length: 6\r\n\r\n", {"differing-content-length"}),
    (OK + b"Content-Length: five\r\n\r\n", {"invalid-content-length"}),
    (OK + b"Content-Length: +5\r\n\r\n", {"invalid-content-length"}),
    (OK + b"Content-Length:\r\n\r\n", {"invalid-content-length"}),
]


@pytest.mark.parametrize("octets", CLEAN)
def test_correct_heads_have_no_lints(octets: bytes) -> None:
    assert lint_head(octets) == ()


@pytest.mark.parametrize(("octets", "rules"), DEVIATING)
def test_each_deviation_is_named(octets: bytes, rules: set[str]) -> None:
    lints = lint_head(octets)
    assert {lint.rule for lint in lints} == rules
    assert all(lint.source.startswith("RFC 91") and lint.detail for lint in lints)


def test_a_rule_is_reported_once_with_its_first_place() -> None:
    (lint,) = lint_head(OK + b"A: 1\nB: 2\n\r\n")
    assert lint.octets == b"A: 1"


def test_offending_octets_are_shortened() -> None:
    (lint,) = lint_head(OK + b"A: " + b"\x01" * 500 + b"\r\n\r\n")
    assert len(lint.octets) == 80


def test_several_deviations_are_all_found() -> None:
    rules = {lint.rule for lint in lint_head(b"HTTP/1.1 104 X\nContent-Length : 3\r\n\r\n")}
    assert rules == {"bare-lf", "whitespace-before-colon", "content-length-on-1xx"}


def test_a_head_is_read_into_its_parts() -> None:
    head = read_head(b"HTTP/1.1 409 Conflict\r\nUpload-Offset:  7 \r\nx:\r\n\r\n")
    assert (head.version, head.status, head.reason) == ("HTTP/1.1", 409, b"Conflict")
    assert head.fields == (FieldLine(b"Upload-Offset", b"7"), FieldLine(b"x", b""))


def test_folded_lines_are_joined_by_one_space() -> None:
    head = read_head(OK + b"A: b \r\n\t c\r\n  d\r\n\r\n")
    assert head.fields == (FieldLine(b"A", b"b c d"),)


def test_a_missing_reason_is_empty() -> None:
    assert read_head(b"HTTP/1.1 200\r\n\r\n").reason == b""


def test_thousands_of_digits_do_no_harm() -> None:
    (lint,) = lint_head(OK + b"Content-Length: 1, " + b"9" * 20_000 + b"\r\n\r\n")
    assert lint.rule == "differing-content-length"


@settings(max_examples=100)
@given(st.lists(st.sampled_from([b"HTTP/1.1", b" ", b"200", b"\r", b"\n", b":", b"A", b"\x00"])))
def test_whatever_comes_is_read(parts: list[bytes]) -> None:
    octets = b"".join(parts)
    assert len({lint.rule for lint in lint_head(octets)}) == len(lint_head(octets))
