"""Exchanges as text, with secrets taken out."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.engine.escape import escape, shorten
from conformance.engine.redact import PLACEHOLDER, Redactor
from conformance.engine.render import render
from conformance.model.outcome import Outcome
from conformance.model.result import CheckResult, ExchangeText
from conformance.model.transcript import CutHow, CutMade, End, Framing, ReceivedContent


def test_octets_are_escaped() -> None:
    assert escape(b"A: b\r\n\r\n") == "A: b\n\n"
    assert escape(b"a\nb\rc\x1b\xff\\") == "a\\x0a\nb\\x0dc\\x1b\\xff\\\\"
    assert shorten(b"abcdef", 3) == "abc\n[3 more octets]"
    assert shorten(b"abc", 3) == "abc"


@given(st.binary(max_size=200))
@settings(max_examples=100)
def test_escaped_octets_are_printable(octets: bytes) -> None:
    assert all(each == "\n" or 32 <= ord(each) < 127 for each in escape(octets))


def test_an_exchange_is_told_in_order(build: Any) -> None:
    head = build.now()
    cut = CutMade(
        how=CutHow.RESET, content_handed=65536, acknowledged=65000, at=build.now(), note="late"
    )
    made = build.exchange(
        "up",
        build.message(104, sent_before=8),
        build.message(409, b"no\x00"),
        end=65536,
        declared=70000,
        begun=head,
        cut=cut,
        stray=b"junk",
    )
    text = render(made, "up")
    assert text.step == "up"
    assert text.sent.splitlines()[-2:] == [
        "[65536 octets of content: 0..65536]",
        "[65536 of 70000 octets declared were sent]",
    ]
    assert "8 octets of content sent]\nHTTP/1.1 104 X\n[after" in text.received
    assert "[3 octets of content]\nno\\x00\n[octets that belong to no response]\njunk" in (
        text.received
    )
    assert text.note.startswith(
        "we reset the connection after 65536 octets of content, 65000 acknowledged (late); "
        "end: 409 Conflict; took "
    )


def test_an_exchange_in_which_nothing_happened(build: Any) -> None:
    made = build.exchange("up", closing=End.OPEN)
    unsent = replace(made, request=replace(made.request, head_at=None))
    text = render(unsent, "")
    assert (text.sent, text.received) == ("[nothing was sent]", "[nothing]")
    assert text.note.startswith("end: no final response")


def test_literal_octets_have_no_content(build: Any) -> None:
    made = build.exchange("up", end=5, framing=Framing.RAW, closing=End.CLOSED)
    assert "of content" not in render(made, "up").sent
    cut = CutMade(how=CutHow.CLOSE, content_handed=0, acknowledged=None, at=build.now())
    assert "acknowledged" not in render(build.exchange("b", cut=cut), "b").note


def test_answers_to_nothing_have_no_time(build: Any) -> None:
    made = build.exchange("up", build.message(400))
    unsent = replace(made, request=replace(made.request, head_at=None))
    assert "[after" not in render(unsent, "").received


def test_long_content_and_many_interims_are_shortened(build: Any) -> None:
    final = build.message(200, b"")
    kept = ReceivedContent(length=9000, octets=b"x" * 9000, complete=False)
    made = build.exchange("up", *[build.message(104)] * 40, replace(final, content=kept))
    received = render(made, "").received
    assert received.count("HTTP/1.1 104") == 16
    assert "[24 more interim responses]" in received
    assert "[9000 octets of content, not received to its end]" in received
    assert "[7976 more octets]" in received
    few = replace(made, interims=made.interims[:3], interims_seen=30)
    assert "[27 more interim responses]" in render(few, "").received


SECRET = "s3cr3t-tökén/with \\odd+octets"


@pytest.mark.parametrize(
    "spelling",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").replace("%", "%25"),
        escape(SECRET.encode()),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(b"user:" + SECRET.encode()).decode(),
        base64.b64encode(b"me:" + SECRET.encode() + b"!").decode(),
        base64.urlsafe_b64encode(b"x" + SECRET.encode()).decode(),
    ],
)
def test_a_secret_is_removed_in_every_spelling(spelling: str) -> None:
    cleaned = Redactor([SECRET]).text(f"before {spelling} after")
    assert spelling not in cleaned
    assert PLACEHOLDER in cleaned
    assert cleaned.startswith("before ")
    assert cleaned.endswith(" after")


def test_parts_of_credentials_are_secrets_too() -> None:
    basic = base64.b64encode(b"alice:opensesame").decode()
    redactor = Redactor(["Bearer abcdefgh", f"Basic {basic}", "sid=0123456789; Path=/", "x"])
    for part in ("abcdefgh", basic, "opensesame", "alice:opensesame", "0123456789"):
        assert redactor.text(f"<{part}>") == f"<{PLACEHOLDER}>"
    assert redactor.text("Path=/ x Bearer") == "Path=/ x Bearer"


@pytest.mark.parametrize("token", ["Basic !!!!!!", "Basic YWxpY2U=", "Basic YTpi"])
def test_odd_credentials_do_no_harm(token: str) -> None:
    assert Redactor([token]).text(f"a {token} b") == f"a {PLACEHOLDER} b"


def test_credential_fields_are_removed_by_name() -> None:
    text = "GET / HTTP/1.1\nAUTHORIZATION: Bearer q\nHost: a\nset-cookie:b=c"
    assert Redactor([]).text(text) == (
        f"GET / HTTP/1.1\nAUTHORIZATION: {PLACEHOLDER}\nHost: a\nset-cookie: {PLACEHOLDER}"
    )


def test_records_are_cleaned() -> None:
    redactor = Redactor(["opensesame"])
    text = ExchangeText(step="up", connection=0, sent="opensesame", received="b", note="c")
    assert redactor.exchange(text).sent == PLACEHOLDER
    check = CheckResult(
        id="a",
        requirement="b",
        step="c",
        level="MUST",
        verdict="fail",
        outcome=Outcome.FAIL,
        cause="got opensesame",
    )
    assert redactor.check(check).cause == f"got {PLACEHOLDER}"
    clean = replace(check, cause="")
    assert redactor.check(clean) is clean
