"""Standing rules: each with a transcript that breaks it and one that does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.outcome import Outcome
from conformance.model.transcript import CutHow, CutMade, End, Framing, Lint
from conformance.profiles.rufh import registry, standing
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.profiles.rufh.standing_wire import REQUIREMENTS

if TYPE_CHECKING:
    from conformance.model.transcript import Exchange

VERSION = "Upload-Draft-Interop-Version"
UPLOAD = "http://target.example/u/1"
MIB = 1024 * 1024


def results(build: Any) -> dict[str, list[bool]]:
    """Return what every requirement's findings say."""
    found: dict[str, list[bool]] = {}
    for finding in standing.find(build.transcript, DRAFTS[build.draft]):
        assert finding.requirement in standing.STANDING
        found.setdefault(finding.requirement, []).append(finding.holds)
    return found


def ask(build: Any, *responses: Any, **more: Any) -> Exchange:
    fields = {VERSION: str(build.draft), "Upload-Complete": "?0"} | more.pop("fields", {})
    made: Exchange = build.exchange(f"s{len(build.exchanges)}", *responses, fields=fields, **more)
    return made


def create(build: Any, *, end: int = 100, **more: Any) -> Exchange:
    head = build.now()
    told = build.message(
        104, Location="/u/1", sent_before=0, Upload_Draft_Interop_Version=build.draft
    )
    final = build.message(201, Location="/u/1", Upload_Complete="?0", sent_before=end)
    return ask(build, told, final, end=end, begun=head, **more)


def append(build: Any, *responses: Any, start: int, end: int, **more: Any) -> Exchange:
    fields = {"Upload-Offset": start} | more.pop("fields", {})
    return ask(
        build, *responses, method="PATCH", url=UPLOAD, start=start, end=end, fields=fields, **more
    )


def retrieve(build: Any, offset: int | None, status: int = 204, **fields: Any) -> Exchange:
    head = build.now()
    told = {} if offset is None else {"Upload-Offset": offset}
    message = build.message(status, **told, **fields)
    return ask(build, message, method="HEAD", url=UPLOAD, begun=head)


def test_every_rule_is_in_the_registry() -> None:
    assert [name for name in standing.STANDING if name not in registry.load()] == []
    assert set(REQUIREMENTS.values()) <= set(standing.STANDING)


def test_a_whole_upload_of_a_correct_server_breaks_no_rule(build: Any) -> None:
    create(build)
    retrieve(build, 100, Upload_Limit="max-size=9999, max-age=60")
    done = build.message(204, Upload_Complete="?1", sent_before=50)
    append(build, done, start=100, end=150)
    retrieve(build, 150, Upload_Complete="?1", Upload_Limit="max-age=2")
    found = results(build)
    assert {name for name, holds in found.items() if not all(holds)} == set()
    assert {"RUFH-OFFSET-NO-DECREASE", "SUITE-INTEGRITY-BEYOND-SENT"} <= found.keys()


@pytest.mark.parametrize(
    ("sent", "told", "holds"),
    [("9", "9", True), ("9", "8", False), ("9", None, False), ("09", "9", True)],
)
def test_104_repeats_the_version(build: Any, sent: str, told: str | None, holds: bool) -> None:
    fields = {} if told is None else {VERSION: told}
    ask(build, build.message(104, **fields), build.message(201), fields={VERSION: sent})
    assert results(build)["RUFH-VERSION-104-HEADER"] == [holds]


@pytest.mark.parametrize("sent", ["999", "0", '"9"', "-3"])
@pytest.mark.parametrize("seen", [True, False])
def test_no_104_to_a_version_nobody_speaks(build: Any, sent: str, seen: bool) -> None:
    responses = [build.message(104)] if seen else []
    ask(build, *responses, build.message(201), fields={VERSION: sent})
    found = results(build)
    assert found["RUFH-VERSION-NO-104-MISMATCH"] == [not seen]
    assert "RUFH-VERSION-104-HEADER" not in found


def test_no_104_without_a_version(build: Any) -> None:
    build.exchange("up", build.message(104), build.message(201))
    assert results(build)["RUFH-VERSION-NO-104-MISMATCH"] == [False]


@pytest.mark.parametrize(
    "more",
    [
        {"fields": {VERSION: ["9", "8"]}},
        {"fields": {VERSION: "9, 8"}},
        {"fields": {VERSION: "11"}},
        {"fields": {VERSION: "999"}, "method": ""},
    ],
)
def test_versions_that_prove_nothing(build: Any, more: dict[str, Any]) -> None:
    ask(build, build.message(104), build.message(201), **more)
    assert "RUFH-VERSION-NO-104-MISMATCH" not in results(build)


def test_a_version_nobody_answered_proves_nothing(build: Any) -> None:
    ask(build, closing=End.CUT, fields={VERSION: "999"})
    assert "RUFH-VERSION-NO-104-MISMATCH" not in results(build)


@pytest.mark.parametrize(
    ("fields", "holds"), [({}, False), ({"Upload_Offset": 3}, True), ({"Location": "/u"}, True)]
)
def test_a_104_has_a_purpose(build: Any, fields: dict[str, Any], holds: bool) -> None:
    ask(build, build.message(104, **fields), build.message(201))
    assert results(build)["RUFH-104-PURPOSES"] == [holds]


@pytest.mark.parametrize(("fields", "holds"), [({}, True), ({"Location": "/u/1"}, False)])
def test_a_104_of_an_append_has_no_location(
    build: Any, fields: dict[str, Any], holds: bool
) -> None:
    create(build)
    append(
        build,
        build.message(104, Upload_Offset=100, **fields),
        build.message(204, sent_before=10),
        start=100,
        end=110,
    )
    assert results(build)["RUFH-APPEND-104-NO-LOCATION"] == [holds]


@pytest.mark.parametrize(
    ("second", "final", "single", "identical", "spelling"),
    [
        ({}, {"Location": "/u/1", "Upload_Complete": "?0"}, [True], [True], [True]),
        ({"Location": "/u/1"}, {}, [False], [True], [True]),
        ({"Location": UPLOAD}, {}, [False], [True], [False]),
        ({"Location": "/u/2"}, {}, [False], [False], None),
        ({}, {"Location": "/u/2", "Upload_Complete": "?0"}, [True], [False], None),
        ({}, {"Location": "/u/2"}, [True], [False], None),
        ({}, {"Location": "/u/2", "Upload_Complete": "?1"}, [True], None, None),
    ],
)
def test_location_of_a_creation(
    build: Any,
    second: dict[str, Any],
    final: dict[str, Any],
    single: list[bool],
    identical: list[bool] | None,
    spelling: list[bool] | None,
) -> None:
    ask(
        build,
        build.message(104, Location="/u/1"),
        build.message(104, **second),
        build.message(201, **final),
    )
    found = results(build)
    assert found["RUFH-H-104-SINGLE-LOCATION"] == single
    assert found.get("RUFH-CREATE-LOCATION-IDENTICAL") == identical
    assert found.get("RUFH-CREATE-LOCATION-SPELLING") == spelling


def test_location_of_a_redirect_or_a_complete_creation_is_free(build: Any) -> None:
    ask(build, build.message(104, Location="/u/1"), build.message(307, Location="/v"))
    ask(build, build.message(104, Location="/u/2"), closing=End.CUT)
    final = build.message(201, Location="/result")
    told = build.message(104, Location="/u/3")
    ask(build, told, final, fields={"Upload-Complete": "?1"})
    assert "RUFH-CREATE-LOCATION-IDENTICAL" not in results(build)


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


OURS = '"type":"https://iana.org/assignments/http-problem-types#completed-upload"'


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
    from dataclasses import replace

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


def test_an_offset_that_goes_back(build: Any) -> None:
    create(build)
    retrieve(build, 100)
    retrieve(build, 40)
    found = results(build)
    assert found["RUFH-OFFSET-NO-DECREASE"] == [False]
    assert found["SUITE-INTEGRITY-ACKNOWLEDGED-LOST"] == [True, False]


def test_offsets_of_one_exchange_go_forward(build: Any) -> None:
    create(build)
    head = build.now()
    told = [build.message(104, Upload_Offset=offset, sent_before=50) for offset in (120, 110)]
    final = build.message(204, Upload_Offset=150, sent_before=50)
    append(build, *told, final, start=100, end=150, begun=head)
    assert results(build)["RUFH-OFFSET-NO-DECREASE"] == [False, True]


def test_the_first_offset_has_nothing_to_compare(build: Any) -> None:
    head = build.now()
    told = build.message(201, Location="/u/1", Upload_Offset=0)
    ask(build, told, begun=head)
    found = results(build)
    assert "RUFH-OFFSET-NO-DECREASE" not in found
    assert "SUITE-INTEGRITY-ACKNOWLEDGED-LOST" not in found


def test_answers_that_crossed_are_not_compared(build: Any) -> None:
    create(build)
    asked = build.now()
    append(build, build.message(204, Upload_Offset=200, sent_before=100), start=100, end=200)
    late = build.message(204, Upload_Offset=100)
    ask(build, late, method="HEAD", url=UPLOAD, begun=asked)
    assert "RUFH-OFFSET-NO-DECREASE" not in results(build)


def test_success_acknowledges(build: Any) -> None:
    create(build)
    retrieve(build, 60)
    assert results(build)["SUITE-INTEGRITY-ACKNOWLEDGED-LOST"] == [False]


@pytest.mark.parametrize(
    "more",
    [
        {"done": False},
        {"closing": End.CLOSED},
        {"fields": {"Upload-Offset": ["100", "100"]}},
        {"fields": {"Content-Length": "4"}},
        {"framing": Framing.RAW},
        {"framing": Framing.CHUNKED, "fields": {"Content-Length": "4"}},
        {
            "framing": Framing.CHUNKED,
            "fields": {"Content-Length": "4", "Transfer-Encoding": "chunked"},
        },
        {"early": True},
    ],
)
def test_success_that_acknowledges_nothing(build: Any, more: dict[str, Any]) -> None:
    create(build)
    sent_before = 10 if more.pop("early", False) else 50
    append(build, build.message(204, sent_before=sent_before), start=100, end=150, **more)
    retrieve(build, 100)
    assert False not in results(build)["SUITE-INTEGRITY-ACKNOWLEDGED-LOST"]


def test_an_append_after_completion_acknowledges_nothing(build: Any) -> None:
    create(build)
    complete = {"fields": {"Upload-Complete": "?1"}}
    append(build, build.message(204, sent_before=50), start=100, end=150, **complete)
    append(build, build.message(204, sent_before=50), start=150, end=200)
    retrieve(build, 150)
    assert False not in results(build)["SUITE-INTEGRITY-ACKNOWLEDGED-LOST"]


def test_an_overtaken_append_acknowledges_nothing(build: Any) -> None:
    create(build)
    head, late = build.now(), build.now()
    append(build, build.message(204, sent_before=50), start=100, end=150, begun=head)
    append(build, build.message(204, sent_before=60), start=100, end=160, begun=late)
    retrieve(build, 110)
    assert False not in results(build)["SUITE-INTEGRITY-ACKNOWLEDGED-LOST"]
    build.exchanges.clear()
    create(build)
    append(build, build.message(204, sent_before=50), start=100, end=150)
    append(build, closing=End.OPEN, start=100, end=120)
    retrieve(build, 110)
    assert False in results(build)["SUITE-INTEGRITY-ACKNOWLEDGED-LOST"]


@pytest.mark.parametrize(("offset", "holds"), [(100, True), (101, False)])
def test_an_offset_beyond_what_was_sent(build: Any, offset: int, holds: bool) -> None:
    create(build)
    retrieve(build, offset)
    append(build, build.message(204), start=100, end=300)
    assert results(build)["SUITE-INTEGRITY-BEYOND-SENT"] == [holds]


def test_what_was_sent_when_an_interim_response_came(build: Any) -> None:
    create(build)
    head = build.now()
    told = [build.message(104, Upload_Offset=150, sent_before=sent) for sent in (49, 50)]
    append(build, *told, build.message(204), start=100, end=300, begun=head)
    assert results(build)["SUITE-INTEGRITY-BEYOND-SENT"] == [False, True]


def test_requests_of_unclear_position_count_in_full(build: Any) -> None:
    create(build)
    ask(build, build.message(204), method="PATCH", url=UPLOAD, start=0, end=50)
    retrieve(build, 150)
    assert results(build)["SUITE-INTEGRITY-BEYOND-SENT"] == [True]


@pytest.mark.parametrize(
    "more", [{"method": ""}, {"framing": Framing.CHUNKED, "fields": {"Content-Length": "4"}}]
)
def test_requests_of_unclear_size_prove_nothing(build: Any, more: dict[str, Any]) -> None:
    create(build)
    method = more.pop("method", "PATCH")
    ask(build, build.message(204), url=UPLOAD, end=50, method=method, **more)
    retrieve(build, 500)
    assert "SUITE-INTEGRITY-BEYOND-SENT" not in results(build)


@pytest.mark.parametrize(
    ("draft", "before", "now", "requirement", "holds"),
    [
        (9, "max-size=9", "max-size=9", "RUFH-LIMIT-MAX-NO-DECREASE", [True]),
        (9, "max-size=9", "max-size=8", "RUFH-LIMIT-MAX-NO-DECREASE", [False]),
        (9, "max-append-size=9", "max-append-size=8", "RUFH-LIMIT-STABLE", [False]),
        (9, "min-size=9", "min-size=10", "RUFH-LIMIT-MIN-NO-INCREASE", [False]),
        (9, "min-append-size=9", "min-append-size=8", "RUFH-LIMIT-STABLE", [True]),
        (9, "max-age=60", "max-age=59", "RUFH-LIMIT-MAX-AGE-END-NOT-EARLIER", [True]),
        (9, "max-age=60", "max-age=5", "RUFH-LIMIT-MAX-AGE-END-NOT-EARLIER", [False]),
        (6, "expires=60", "expires=5", "RUFH-LIMIT-MAX-AGE-END-NOT-EARLIER", [False]),
        (9, "max-size=9", "max-age=9", "RUFH-LIMIT-STABLE", None),
        (9, "max-size=9", "=", "RUFH-LIMIT-STABLE", None),
        (9, "wings=9", "wings=8", "RUFH-LIMIT-STABLE", None),
        (9, "max-size=?1, a=(1)", "max-size=3", "RUFH-LIMIT-STABLE", None),
    ],
)
def test_limits_do_not_tighten(
    build: Any, draft: int, before: str, now: str, requirement: str, holds: list[bool] | None
) -> None:
    build.draft = draft
    create(build)
    retrieve(build, 100, Upload_Limit=before)
    retrieve(build, 100, Upload_Limit=now)
    assert results(build).get(requirement) == holds


def test_limits_told_at_once_are_not_compared(build: Any) -> None:
    create(build)
    asked = build.now()
    retrieve(build, 100, Upload_Limit="max-size=9")
    late = build.message(204, Upload_Limit="max-size=8")
    ask(build, late, method="HEAD", url=UPLOAD, begun=asked)
    assert "RUFH-LIMIT-STABLE" not in results(build)


def test_requests_that_never_went_out_show_nothing(build: Any) -> None:
    from dataclasses import replace

    create(build)
    made = retrieve(build, 999, Upload_Limit="max-size=1")
    build.exchanges[-1] = replace(made, request=replace(made.request, head_at=None))
    retrieve(build, 100, Upload_Limit="max-size=0")
    found = results(build)
    assert found["SUITE-INTEGRITY-BEYOND-SENT"] == [True]
    assert "RUFH-LIMIT-STABLE" not in found


def by_requirement(build: Any) -> dict[str, Any]:
    return {check.requirement: check for check in build.judge().checks}


def test_results_of_standing_rules(build: Any) -> None:
    build.draft = 8
    create(build)
    retrieve(build, 200)
    retrieve(build, 300)
    found = by_requirement(build)["RUFH-OFFSET-NO-DECREASE"]
    assert found.id == "rufh/test/case/standing/RUFH-OFFSET-NO-DECREASE/8/h1"
    assert (found.step, found.outcome, found.evidence) == ("", Outcome.PASS, (1, 2))
    broken = by_requirement(build)["SUITE-INTEGRITY-BEYOND-SENT"]
    assert (broken.outcome, broken.verdict) == (Outcome.FAIL, "fail")
    assert broken.observed.endswith("(and 1 more)")


def test_a_violation_that_only_informs_is_a_fact(build: Any) -> None:
    create(build)
    retrieve(build, 200)
    judgement = build.judge()
    found = by_requirement(build)["SUITE-INTEGRITY-BEYOND-SENT"]
    assert found.outcome is Outcome.PASS
    assert judgement.facts == ("SUITE-INTEGRITY-BEYOND-SENT: Upload-Offset 200 in 204 No Content",)


def test_a_rule_without_ground_in_the_draft_is_silent(build: Any) -> None:
    build.draft = 4
    create(build)
    retrieve(build, 100)
    retrieve(build, 40)
    found = by_requirement(build)
    assert "RUFH-OFFSET-NO-DECREASE" not in found
    assert found["SUITE-INTEGRITY-ACKNOWLEDGED-LOST"].outcome is Outcome.FAIL


def test_a_bug_in_a_rule_is_an_error(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("oops")

    monkeypatch.setattr(standing, "find", broken)
    (found,) = build.judge().checks
    assert found.outcome is Outcome.ERROR
    assert "RuntimeError: oops" in found.cause
