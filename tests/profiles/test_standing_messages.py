"""Standing rules about single messages: fields, statuses, problem details, heads, their ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from conformance.model.transcript import CutHow, CutMade, End, Lint
from conformance.profiles.rufh.standing_wire import REQUIREMENTS
from tests.profiles.uploads import ask, results

OURS = '"type":"https://iana.org/assignments/http-problem-types#completed-upload"'


def test_no_interim_response_to_http_1_0(build: Any) -> None:
    ask(build, build.message(201), version="HTTP/1.0")
    ask(build, build.message(104), build.message(201), version="HTTP/1.0")
    ask(build, build.message(104), version="HTTP/1.0", closing=End.CLOSED)
    assert results(build)["HTTP-1XX-NO-HTTP10"] == [True, False]


@pytest.mark.parametrize(
    ("field", "requirement"),
    [
        ("Content-Length", "HTTP-1XX-NO-CONTENT"),
        ("Transfer-Encoding", "H1-NO-TE-1XX-204"),
    ],
)
def test_1xx_and_204_have_no_content_fields(build: Any, field: str, requirement: str) -> None:
    ask(build, build.message(104, **{field: "0"}), build.message(204, **{field: "0"}))
    ask(build, build.message(104), build.message(201, **{field: "0"}))
    assert results(build)[requirement][:3] == [False, False, True]


def test_fields_that_are_no_lists_have_one_line(build: Any) -> None:
    ask(build, build.message(201, Location=["/u", "/u"], Upload_Offset=3))
    assert sorted(results(build)["HTTP-NO-DUPLICATE-LINES"]) == [False, True]


@pytest.mark.parametrize(
    ("draft", "field", "value", "holds"),
    [
        (9, "Upload-Complete", "?1", [True]),
        (9, "Upload-Complete", "true", [False]),
        (9, "Upload-Complete", ["?1", "?1"], None),
        (3, "Upload-Incomplete", "1", [False]),
    ],
)
def test_booleans(build: Any, draft: int, field: str, value: Any, holds: list[bool] | None) -> None:
    build.draft = draft
    ask(build, build.message(201, **{field: value}))
    assert results(build).get("SF-BOOLEAN-SYNTAX") == holds


@pytest.mark.parametrize(
    ("value", "requirement", "holds"),
    [
        ("5", "SF-INTEGER-SYNTAX", [True]),
        ("5.0", "SF-INTEGER-SYNTAX", [False]),
        ("1234567890123456", "SF-INTEGER-RANGE", [False]),
        (["5", "5"], "SF-INTEGER-SYNTAX", None),
    ],
)
def test_integers(build: Any, value: Any, requirement: str, holds: list[bool] | None) -> None:
    ask(build, build.message(409, Upload_Offset=value))
    assert results(build).get(requirement) == holds


@pytest.mark.parametrize(("value", "holds"), [("/u/1?a=b", True), ("/u 1", False), ("/%zz", False)])
def test_location_is_a_reference(build: Any, value: str, holds: bool) -> None:
    ask(build, build.message(201, Location=value))
    assert results(build)["HTTP-LOCATION-REFERENCE"] == [holds]


@pytest.mark.parametrize(
    ("status", "field", "requirement", "method"),
    [
        (401, "WWW-Authenticate", "HTTP-401-CHALLENGE", "POST"),
        (405, "Allow", "HTTP-405-ALLOW", "POST"),
        (415, "Accept-Patch", "PATCH-415-ACCEPT-PATCH", "PATCH"),
    ],
)
def test_statuses_that_oblige(
    build: Any, status: int, field: str, requirement: str, method: str
) -> None:
    ask(build, build.message(status), method=method)
    ask(build, build.message(status, **{field: "x"}), method=method)
    assert results(build)[requirement] == [False, True]


def test_415_without_an_obligation(build: Any) -> None:
    ask(build, build.message(415))
    ask(build, build.message(415), method="PATCH", fields={"Content-Encoding": "gzip"})
    assert "PATCH-415-ACCEPT-PATCH" not in results(build)


@pytest.mark.parametrize(
    ("text", "media_type", "status", "named"),
    [
        (f'{{{OURS},"status":400}}', "application/problem+json", [True], [True]),
        (f'{{{OURS},"status":409}}', "application/json", [False], [False]),
        (f"{{{OURS}}}", None, None, [False]),
        ('{"status":400}', "application/problem+json", [True], None),
        ('{"status":409}', "application/json", None, None),
        ("[]", "application/problem+json", None, None),
        ("{", "application/problem+json", None, None),
    ],
)
def test_problem_details(
    build: Any,
    text: str,
    media_type: str | None,
    status: list[bool] | None,
    named: list[bool] | None,
) -> None:
    fields = {} if media_type is None else {"Content_Type": media_type}
    ask(build, build.message(400, text.encode(), **fields))
    found = results(build)
    assert found.get("PROBLEM-STATUS-MATCH") == status
    assert found.get("PROBLEM-MEDIATYPE") == named


@pytest.mark.parametrize("rule", REQUIREMENTS)
def test_deviations_of_the_head(build: Any, rule: str) -> None:
    lint = Lint(rule=rule, source="RFC 9112", detail="odd", octets=b"x" if rule < "n" else b"")
    ask(build, build.message(201, lints=(lint, lint)))
    ask(build, build.message(201))
    assert results(build)[REQUIREMENTS[rule]].count(False) == 1
    build.exchanges.clear()
    unknown = Lint(rule="unheard-of", source="RFC 9112", detail="odd")
    ask(build, build.message(201, lints=(unknown,)))
    assert all(all(holds) for holds in results(build).values())


def test_other_versions_have_no_lines(build: Any) -> None:
    ask(build, build.message(201, version="HTTP/2"))
    assert "H1-RESPONSE-STATUS-LINE" not in results(build)


@pytest.mark.parametrize(
    ("stray", "final", "requirement"),
    [
        (b"SSH-2.0", False, "H1-RESPONSE-STATUS-LINE"),
        (b"HTTP/1.1 200 OK\r\n bad", False, "H1-RESPONSE-FIELD-SYNTAX"),
        (b"", True, "H1-RESPONSE-COMPLETE"),
    ],
)
def test_what_cannot_be_read(build: Any, stray: bytes, final: bool, requirement: str) -> None:
    responses = [build.message(200)] if final else []
    ask(build, *responses, closing=End.MALFORMED, stray=stray)
    assert False in results(build)[requirement]


@pytest.mark.parametrize(
    ("method", "status", "requirement"),
    [
        ("POST", 200, "H1-RESPONSE-COMPLETE"),
        ("HEAD", 200, "HTTP-HEAD-NO-CONTENT"),
        ("POST", 204, "HTTP-1XX-NO-CONTENT"),
    ],
)
def test_nothing_follows_a_response(build: Any, method: str, status: int, requirement: str) -> None:
    ask(build, build.message(status), method=method)
    assert False not in results(build)[requirement]
    ask(build, build.message(status), method=method, stray=b"hello")
    assert False in results(build)[requirement]


def test_octets_after_the_last_response_of_a_connection(build: Any) -> None:
    first = ask(build, build.message(200))
    ask(build, build.message(200), connection=first.connection)
    build.connections[0] = replace(build.connections[0], after_end=b"hello")
    assert results(build)["H1-RESPONSE-COMPLETE"] == [True, False]
    build.connections[0] = replace(build.connections[0], after_end=b"HTTP/1.1 408 Timeout\r\n\r\n")
    assert results(build)["H1-RESPONSE-COMPLETE"] == [True, True]
    build.connections.clear()
    assert results(build)["H1-RESPONSE-COMPLETE"] == [True, True]


def test_a_response_cut_short(build: Any) -> None:
    ask(build, build.message(200, b"x", whole=False), closing=End.CLOSED)
    ask(build, build.message(200, b"x", whole=False), closing=End.RESET)
    cut = CutMade(how=CutHow.RESET, content_handed=0, acknowledged=0, at=build.now())
    ask(build, build.message(200, b"x", whole=False), closing=End.CLOSED, cut=cut)
    assert results(build)["H1-RESPONSE-COMPLETE"] == [False]
