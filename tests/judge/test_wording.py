"""Words for what happened, which strangers must understand."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.model.transcript import CutHow, CutMade, End
from conformance.syntax import wording


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (104, "104 Upload Resumption Supported"),
        (404, "404 Not Found"),
        (299, "299"),
    ],
)
def test_statuses(status: int, words: str) -> None:
    assert wording.phrase(status) == words


@pytest.mark.parametrize(
    ("closing", "detail", "words"),
    [
        (End.CLOSED, "", "the target closed the connection after "),
        (End.RESET, "", "the connection was reset after "),
        (End.DEADLINE, "", "nothing came in time after "),
        (End.DEADLINE, "no octet within 5.0 s", "no octet within 5.0 s"),
        (End.REFUSED, "", "no connection could be made"),
        (End.MALFORMED, "a bad status line", "what came is not HTTP: a bad status line"),
        (End.MALFORMED, "", "what came is not HTTP"),
        (End.BOUND, "", "the target sent more than is accepted"),
        (End.OPEN, "", "the exchange was still open"),
        (End.CUT, "", "we interrupted it after 0 octets of content"),
        (End.FINAL, "", "the response ended"),
    ],
)
def test_endings(build: Any, closing: End, detail: str, words: str) -> None:
    made = build.exchange("up", closing=closing, detail=detail)
    assert wording.ending(made).startswith(words)
    assert wording.answer(made) == wording.no_final(made)


@pytest.mark.parametrize("how", CutHow)
def test_cuts(build: Any, how: CutHow) -> None:
    cut = CutMade(how=how, content_handed=1, acknowledged=1, at=build.now())
    made = build.exchange("up", closing=End.CUT, cut=cut, end=1)
    assert wording.ending(made).endswith("after 1 octet of content")


def test_an_answer_that_broke_off(build: Any) -> None:
    made = build.exchange("up", build.message(200, b"x", whole=False), closing=End.RESET)
    assert wording.answer(made).startswith("200 OK, not received to its end: the connection was")


def test_an_exchange_that_never_began_has_no_duration(build: Any) -> None:
    made = build.exchange("up", closing=End.OPEN)
    assert wording.ending(made) == "the exchange was still open"
    from dataclasses import replace

    unsent = replace(made, end=End.CLOSED, request=replace(made.request, head_at=None))
    assert wording.ending(unsent) == "the target closed the connection"


def test_values_are_printable_and_short() -> None:
    assert wording.shown(b"a\x1b[31m\xff") == r'"a\x1b[31m\xff"'
    assert wording.shown(b"x" * 200) == f'"{"x" * 120}..."'
    assert (wording.seconds(0.003), wording.seconds(2.54)) == ("3 ms", "2.5 s")


def test_messages_have_names(build: Any) -> None:
    assert wording.name_of(build.message(0)) == "the request"
    assert wording.name_of(build.message(100)) == "100 Continue"
