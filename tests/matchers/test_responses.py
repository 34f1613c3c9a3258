"""Matchers of single exchanges: each holds, does not hold, or says why it cannot tell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.protocols import Look
from conformance.model.transcript import CutHow, CutMade, End, Framing, Lint

if TYPE_CHECKING:
    from collections.abc import Callable

KIB = 1024


def answered(build: Any, status: int = 200, **fields: Any) -> None:
    build.exchange("up", build.message(status, **fields))


def unanswered(build: Any, closing: End = End.DEADLINE, **more: Any) -> None:
    build.exchange("up", closing=closing, **more)


def two(build: Any, first: int, second: int | None) -> None:
    build.exchange("first", build.message(first))
    build.exchange("up", *([build.message(second)] if second else []))


@pytest.mark.parametrize(
    ("make", "value", "holds", "observed"),
    [
        (lambda b: answered(b, 409), 409, True, "409 Conflict"),
        (lambda b: answered(b, 409), ["2xx", 423], False, "409 Conflict"),
        (lambda b: answered(b, 299), {"not": 409}, True, "299"),
        (lambda b: answered(b, 409), {"not": "4xx"}, False, "409"),
        (unanswered, 409, False, "no final response"),
        (unanswered, {"same-as": "up"}, None, "no final response"),
        (lambda b: two(b, 200, 201), {"same-class-as": "first"}, True, "201"),
        (lambda b: two(b, 200, 201), {"same-as": "first"}, False, "201"),
        (lambda b: two(b, 200, None), {"same-as": "first"}, False, "no final response"),
        (lambda b: two(b, 200, 201), {"same-as": "third"}, None, "was not made"),
    ],
)
def test_status(
    build: Any, make: Callable[[Any], None], value: Any, holds: bool | None, observed: str
) -> None:
    make(build)
    found = build.match("status", value)
    assert found.holds is holds
    assert observed in found.observed


def test_status_looks_at_the_message_it_is_given(build: Any) -> None:
    answered(build, 200)
    exchange = build.exchanges[-1]
    look = Look(step="up", exchange=exchange, message=build.message(104))
    assert build.match("status", 104, look).holds is True


def test_without_an_exchange_nothing_is_told(build: Any) -> None:
    answered(build)
    look = Look(step="up")
    for key, value in [
        ("status", 200),
        ("status", {"same-as": "up"}),
        ("none", "interim"),
        ("some", "interim"),
        ("count", {"of": "interim", "max": 1}),
        ("early", "final"),
        ("complete", True),
        ("ends", "closed"),
        ("waits-for", "up"),
        ("in-time", "5 s"),
        ("content", "empty"),
        ("member", {"status": 200}),
        ("connection", "closed"),
        ("lint", "none"),
        ("same", {"as": "up", "fields": "Location"}),
        ("Location", {"is": "present"}),
    ]:
        assert build.match(key, value, look).holds is (False if key == "status" else None)


def interims(build: Any, *statuses: int, final: int | None = 201, **more: Any) -> None:
    responses = [build.message(status) for status in statuses]
    if final:
        responses.append(build.message(final))
    build.exchange("up", *responses, **more)


@pytest.mark.parametrize(
    ("make", "key", "value", "holds"),
    [
        (lambda b: interims(b, 100, 104), "none", "interim 103", True),
        (lambda b: interims(b, 100, 104), "none", "interim 104", False),
        (lambda b: interims(b, final=None), "none", "interim 104", True),
        (lambda b: interims(b, final=None, closing=End.CUT), "none", "interim 104", None),
        (lambda b: interims(b, 104, final=None, closing=End.CUT), "none", "interim", False),
        (lambda b: interims(b, 104), "some", "interim 104", True),
        (lambda b: interims(b, 100), "some", "interim 104", False),
        (lambda b: interims(b, 100), "some", "final", True),
        (lambda b: interims(b, final=None, closing=End.OPEN), "some", "final", None),
        (lambda b: interims(b, *[104] * 3), "count", {"of": "interim 104", "max": 3}, True),
        (lambda b: interims(b, *[104] * 4), "count", {"of": "interim 104", "max": 3}, False),
        (lambda b: interims(b, *[104] * 4), "count", {"of": "interim", "min": 4}, True),
        (lambda b: interims(b, 100, 104), "count", {"of": "interim", "min": 3}, False),
        (
            lambda b: interims(b, 104, final=None, closing=End.CUT),
            "count",
            {"of": "interim", "min": 3, "max": 9},
            None,
        ),
    ],
)
def test_events(
    build: Any, make: Callable[[Any], None], key: str, value: Any, holds: bool | None
) -> None:
    make(build)
    assert build.match(key, value).holds is holds


def test_many_interims_are_told_in_a_few_words(build: Any) -> None:
    interims(build, *[100, 104] * 6)
    observed = build.match("some", "interim").observed
    assert observed.count("104") == 4
    assert observed.endswith("..., then 201 Created")
    build.exchange("more", *[build.message(104)] * 5, build.message(201))
    assert build.match("some", "interim").observed.startswith("5 times 104")


@pytest.mark.parametrize(
    ("sent_before", "end", "closing", "status", "holds"),
    [
        (0, 0, None, 100, True),
        (0, 8, None, 100, True),
        (8, 8, None, 201, False),
        (0, 0, End.CUT, None, None),
        (0, 0, End.CLOSED, None, False),
    ],
)
def test_early(
    build: Any,
    sent_before: int,
    end: int,
    closing: End | None,
    status: int | None,
    holds: bool | None,
) -> None:
    head = build.now()
    responses = [build.message(status, sent_before=sent_before)] if status else []
    build.exchange("up", *responses, end=end, closing=closing, begun=head)
    assert build.match("early", ["interim 100", "final"]).holds is holds


def test_early_without_a_header_section(build: Any) -> None:
    build.exchange("up", build.message(100), build.message(201))
    exchange = build.exchanges[-1]
    bare = replace(exchange, request=replace(exchange.request, head_at=None))
    assert build.match("early", "final", Look(step="up", exchange=bare)).holds is True


@pytest.mark.parametrize(
    ("draft", "fields", "value", "holds", "observed"),
    [
        (9, {"Upload_Complete": "?1"}, True, True, "says complete"),
        (9, {"Upload_Complete": "?0"}, True, False, "says incomplete"),
        (9, {}, {"not": True}, True, "no Upload-Complete field"),
        (9, {"Upload_Complete": "yes"}, {"not": True}, True, "no valid value"),
        (9, {"Upload_Complete": "?1"}, {"not": False}, True, "says complete"),
        (9, {"Upload_Complete": "?1"}, {"not": True}, False, "says complete"),
        (9, {"Upload_Complete": "?0"}, {"is": "present"}, True, "?0"),
        (9, {"Upload_Complete": "1"}, {"is": "present"}, False, "no valid value"),
        (9, {}, None, True, "no Upload-Complete field"),
        (9, {"Upload_Complete": "?0"}, None, False, "?0"),
        (3, {"Upload_Incomplete": "?0"}, True, True, "Upload-Incomplete"),
        (3, {"Upload_Incomplete": "?1"}, False, True, "says incomplete"),
    ],
)
def test_complete(
    build: Any, draft: int, fields: dict[str, str], value: Any, holds: bool, observed: str
) -> None:
    build.draft = draft
    answered(build, 200, **fields)
    found = build.match("complete", value)
    assert found.holds is holds
    assert observed in found.observed


def test_complete_without_an_answer(build: Any) -> None:
    unanswered(build)
    assert build.match("complete", True).holds is None


def half_closed(build: Any) -> None:
    cut = CutMade(how=CutHow.HALF_CLOSE, content_handed=3, acknowledged=3, at=build.now())
    unanswered(build, End.CUT, cut=cut)


@pytest.mark.parametrize(
    ("make", "value", "holds"),
    [
        (lambda b: answered(b, 204), "2xx", True),
        (lambda b: answered(b, 204), {"not": "2xx"}, False),
        (lambda b: unanswered(b, End.CLOSED), ["closed", "reset", "4xx"], True),
        (lambda b: unanswered(b, End.RESET), {"not": "2xx"}, True),
        (lambda b: answered(b, 500), ["closed", "4xx"], False),
        (lambda b: unanswered(b, End.CUT), {"not": "2xx"}, None),
        (lambda b: unanswered(b, End.CUT), "cut", True),
        (half_closed, {"not": "2xx"}, True),
        (lambda b: unanswered(b, End.OPEN), "2xx", None),
    ],
)
def test_ends(build: Any, make: Callable[[Any], None], value: Any, holds: bool | None) -> None:
    make(build)
    assert build.match("ends", value).holds is holds


def test_waits_for(build: Any) -> None:
    build.exchange("stuck", closing=End.OPEN)
    build.exchange("over", build.message(201))
    unanswered(build)
    assert build.match("waits-for", "stuck").holds is True
    assert build.match("waits-for", "over").holds is False
    assert build.match("waits-for", "never").holds is None
    answered(build)
    assert build.match("waits-for", "stuck").holds is False


def test_waits_for_an_exchange_that_ended_later(build: Any) -> None:
    begun, ended, later = build.now(), build.now(), build.now()
    build.exchange("stuck", closing=End.CUT, begun=begun, ended=later)
    unanswered(build, ended=ended)
    assert build.match("waits-for", "stuck").holds is True


def test_waits_for_looks_at_the_other_exchange_to_its_end(build: Any) -> None:
    left = build.now()
    build.exchange("stuck", build.message(500))
    build.bound["stuck"] = replace(build.bound["stuck"], until=left)
    unanswered(build)
    assert build.context.exchange("stuck").end is End.OPEN
    assert build.match("waits-for", "stuck").holds is False


def test_in_time_is_scaled(build: Any) -> None:
    head = build.now()
    message = build.message(201, at=build.now(3.0))
    build.exchange("up", message, begun=head)
    assert build.match("in-time", "2 s").holds is False
    build.target = {"scale": 4.0}
    found = build.match("in-time", "2 s")
    assert found.holds is True
    assert "within 8.0 s" in found.expected
    unanswered(build)
    assert build.match("in-time", "2 s").holds is None


def put(build: Any, octets: bytes, **more: Any) -> None:
    build.exchange("up", build.message(200, octets), **more)


@pytest.mark.parametrize(
    ("make", "value", "holds"),
    [
        (lambda b: put(b, b""), "empty", True),
        (lambda b: put(b, b"x"), "empty", False),
        (lambda b: put(b, b"", stray=b"hello"), "empty", False),
        (lambda b: put(b, b.content.slice(0, 65536)), {"equals": "content"}, True),
        (lambda b: put(b, b"x"), {"equals": "content"}, False),
        (lambda b: put(b, b"x"), {"same-as": "up"}, True),
        (lambda b: put(b, b"x"), {"same-as": "other"}, None),
        (unanswered, "empty", None),
    ],
)
def test_content(build: Any, make: Callable[[Any], None], value: Any, holds: bool | None) -> None:
    make(build)
    assert build.match("content", value).holds is holds


def test_content_of_another_step(build: Any) -> None:
    build.exchange("first", build.message(200, b"one"))
    unanswered(build)
    build.exchange("second", build.message(200, b"two", whole=False))
    found = build.match("content", {"same-as": "first"})
    assert found.holds is False
    assert "not received to its end" in found.observed
    assert build.match("content", {"same-as": "up"}).holds is None


def test_shortened_content_is_compared_by_its_digest(build: Any) -> None:
    put(build, b"x")
    exchange = build.exchanges[-1]
    received = replace(
        exchange.final.content, length=65536, octets=b"", sha256=build.content.sha256()
    )
    long = replace(exchange, final=replace(exchange.final, content=received))
    look = Look(step="up", exchange=long)
    assert build.match("content", {"equals": "content"}, look).holds is True
    bare = replace(exchange, final=replace(exchange.final, content=None))
    assert build.match("content", "empty", Look(step="up", exchange=bare)).holds is True


def problem(build: Any, text: bytes, media_type: str = "application/problem+json") -> None:
    build.exchange("up", build.message(409, text, Content_Type=media_type))


MISMATCH = b'{"type": "https://iana.org/assignments/http-problem-types#mismatching-upload-offset",'


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        (b'{"expected-offset": 10240}', {"expected-offset": "10 KiB"}, True),
        (b'{"expected-offset": "10240"}', {"expected-offset": "10 KiB"}, False),
        (b'{"expected-offset": true}', {"expected-offset": "1 B"}, False),
        (b"{}", {"expected-offset": "10 KiB"}, False),
        (b"{}", {"expected-offset": None}, True),
        (b'{"status": 409}', {"status": "same-as-status"}, True),
        (b"{}", {"status": "same-as-status"}, True),
        (b'{"status": 400}', {"status": "same-as-status"}, False),
        (b'{"title": "no"}', {"title": "no"}, True),
        (b'{"done": true}', {"done": True}, True),
        (b"not json", {"done": True}, False),
    ],
)
def test_member(build: Any, text: bytes, value: Any, holds: bool) -> None:
    problem(build, text)
    assert build.match("member", value).holds is holds


def test_member_without_an_answer(build: Any) -> None:
    unanswered(build)
    assert build.match("member", {"status": 1}).holds is None


def again(build: Any, first: dict[str, Any], second: bool, **close: Any) -> None:
    """Make one exchange, perhaps another on its connection, and end the connection."""
    made = build.exchange("up", build.message(200, **first), **close.pop("exchange", {}))
    if second:
        build.exchange("next", build.message(200), connection=made.connection)
    build.connections[0] = replace(build.connections[0], **close)


@pytest.mark.parametrize(
    ("value", "first", "second", "close", "holds"),
    [
        ("reusable", {}, False, {}, True),
        ("reusable", {}, True, {}, True),
        ("reusable", {"Connection": "close"}, False, {}, False),
        ("reusable", {"version": "HTTP/1.0"}, False, {}, False),
        ("reusable", {"version": "HTTP/1.0", "Connection": "keep-alive"}, False, {}, True),
        ("reusable", {}, False, {"closed_by": "peer"}, False),
        ("reusable", {}, False, {"after_end": b"x"}, False),
        ("reusable", {}, False, {"exchange": {"closing": End.CLOSED}}, False),
        ("closed", {}, False, {"closed_by": "peer", "reset": True}, True),
        ("closed", {"Connection": "Close"}, False, {"closed_by": "us"}, True),
        ("closed", {}, True, {}, False),
        ("closed", {}, False, {"closed_by": "us"}, None),
        ("told", {"Connection": "close"}, False, {}, True),
        ("told", {}, True, {}, True),
        ("told", {}, False, {"closed_by": "peer"}, False),
        ("told", {}, False, {}, None),
        ("clean", {}, False, {}, True),
        ("clean", {}, True, {}, True),
        ("clean", {"Connection": "close"}, False, {"closed_by": "peer", "reset": True}, True),
        ("clean", {}, False, {"exchange": {"closing": End.CLOSED}}, True),
        ("clean", {}, False, {"after_end": b"x"}, False),
        ("clean", {}, False, {"exchange": {"stray": b"x"}}, False),
    ],
)
def test_connection(
    build: Any,
    value: str,
    first: dict[str, Any],
    second: bool,
    close: dict[str, Any],
    holds: bool | None,
) -> None:
    again(build, first, second, **dict(close))
    exchange = build.exchanges[0]
    assert build.match("connection", value, Look(step="up", exchange=exchange)).holds is holds


@pytest.mark.parametrize("word", ["closed", "clean"])
def test_connection_without_an_answer(build: Any, word: str) -> None:
    unanswered(build)
    assert build.match("connection", word).holds is None


def test_what_belongs_to_no_response_is_counted(build: Any) -> None:
    build.exchange("up", build.message(400), stray=b"HTTP/1.1 400")
    found = build.match("connection", "clean")
    assert found.observed == "12 octets after the answer that belong to no response"


BARE_LF = Lint(rule="bare-lf", source="RFC 9112 section 2.2", detail="a bare LF", octets=b"a\n")


@pytest.mark.parametrize(
    ("lints", "stray", "value", "holds"),
    [
        ((), b"", "none", True),
        ((BARE_LF,), b"", "none", False),
        ((BARE_LF,), b"", ["bare-lf"], True),
        ((BARE_LF,), b"", "bare-lf", True),
        ((), b"junk", "none", False),
        ((), b"junk", ["stray"], True),
        ((replace(BARE_LF, octets=b""),) * 6, b"", "none", False),
    ],
)
def test_lint(build: Any, lints: tuple[Lint, ...], stray: bytes, value: Any, holds: bool) -> None:
    build.exchange("up", build.message(104), build.message(200, lints=lints), stray=stray)
    found = build.match("lint", value)
    assert found.holds is holds
    assert ("(and 2 more)" in found.observed) is (len(lints) == 6)


def test_lint_of_one_message_and_of_none(build: Any) -> None:
    build.exchange("up", build.message(104, lints=(BARE_LF,)), stray=b"x", closing=End.CLOSED)
    exchange = build.exchanges[-1]
    look = Look(step="up", exchange=exchange, message=exchange.interims[0])
    assert "104" in build.match("lint", "none", look).observed
    unanswered(build, framing=Framing.NONE)
    assert build.match("lint", "none").holds is None
