"""How a transcript becomes outcomes, rule by rule."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.engine.judge import judge_step
from conformance.engine.judge_subjects import subject_words
from conformance.model.outcome import Outcome
from conformance.model.plan import Binding
from conformance.model.requirement import Verdict
from conformance.model.scenario import Matcher, Subject, SubjectKind
from conformance.model.transcript import End
from conformance.model.values import StatusSet

if TYPE_CHECKING:
    from conformance.model.result import CheckResult

OK, SIZE = {"status": "2xx"}, {"Upload-Offset": 5}
FINAL = Subject(kind=SubjectKind.FINAL)


def on(kind: SubjectKind, status: str = "", problem: str = "") -> Subject:
    return Subject(kind=kind, status=StatusSet((status,)) if status else None, problem=problem)


def only(build: Any) -> CheckResult:
    """Return the one result that is not a standing rule's."""
    results: tuple[CheckResult, ...] = build.judge().checks
    (found,) = (check for check in results if check.step)
    return found


def test_a_check_that_holds_passes_with_its_evidence(build: Any) -> None:
    build.exchange("up", build.message(201))
    identity = build.check("up", "RUFH-104-LOCATION", OK)
    found = only(build)
    assert (found.id, found.outcome, found.evidence) == (identity, Outcome.PASS, (0,))
    assert (found.expected, found.observed) == ("status 2xx", "201 Created")


@pytest.mark.parametrize(
    ("verdict", "outcome", "facts"),
    [
        (Verdict.FAIL, Outcome.FAIL, 0),
        (Verdict.WARN, Outcome.WARN, 0),
        (Verdict.INFO, Outcome.PASS, 1),
    ],
)
def test_a_violation_counts_as_its_verdict(
    build: Any, verdict: Verdict, outcome: Outcome, facts: int
) -> None:
    build.exchange("up", build.message(400))
    build.check("up", "RUFH-104-LOCATION", OK, verdict=verdict)
    assert only(build).outcome is outcome
    assert len(build.judge().facts) == facts


@pytest.mark.parametrize(
    ("binding", "outcome", "cause", "ground"),
    [
        ({"errors": {"up": "our bug"}}, Outcome.ERROR, "our bug", ""),
        ({"not_run": {"up": "set-up lost"}}, Outcome.INCONCLUSIVE, "set-up lost", ""),
        ({"not_due": {"up": "refused"}}, Outcome.NOT_OBSERVED, "refused", ""),
        ({"left_out": {"up": "restart"}}, Outcome.NOT_APPLICABLE, "needs restart", "declared"),
        ({"left_out": {"up": "lifetime"}}, Outcome.NOT_APPLICABLE, "needs lifetime", "shown"),
        ({"left_out": {"up": "wings"}}, Outcome.NOT_APPLICABLE, "needs wings", "declared"),
        ({}, Outcome.INCONCLUSIVE, "step up was not made", ""),
    ],
)
def test_a_step_that_was_not_made_says_why(
    build: Any, binding: dict[str, Any], outcome: Outcome, cause: str, ground: str
) -> None:
    build.step("up")
    build.binding |= binding
    build.check("up", "RUFH-104-LOCATION", OK)
    found = only(build)
    assert found.outcome is outcome
    assert found.cause.startswith(cause)
    assert found.ground == ground


@pytest.mark.parametrize(
    ("need", "capabilities", "outcome"),
    [
        ("limits", (), Outcome.PASS),
        ("retrieval-204-only", (), Outcome.NOT_APPLICABLE),
        ("max-size", (), Outcome.NOT_APPLICABLE),
        ("max-size", ("max-size",), Outcome.PASS),
    ],
)
def test_needs_of_a_check(
    build: Any, need: str, capabilities: tuple[str, ...], outcome: Outcome
) -> None:
    build.target = {"capabilities": frozenset(capabilities)}
    build.exchange("up", build.message(201))
    build.check("up", "RUFH-104-LOCATION", OK, needs=(need,))
    assert only(build).outcome is outcome


MISMATCH = b'{"type":"https://iana.org/assignments/http-problem-types#mismatching-upload-offset"}'


@pytest.mark.parametrize(
    ("subject", "outcome"),
    [
        (FINAL, Outcome.FAIL),
        (on(SubjectKind.FINAL, "409"), Outcome.FAIL),
        (on(SubjectKind.FINAL, "2xx"), Outcome.NOT_OBSERVED),
        (on(SubjectKind.FIRST_INTERIM, "104"), Outcome.PASS),
        (on(SubjectKind.LATER_INTERIM, "104"), Outcome.FAIL),
        (on(SubjectKind.LAST_INTERIM, "104"), Outcome.FAIL),
        (on(SubjectKind.LAST_INTERIM), Outcome.FAIL),
        (on(SubjectKind.EVERY_INTERIM, "104"), Outcome.FAIL),
        (on(SubjectKind.EVERY_INTERIM, "103"), Outcome.NOT_OBSERVED),
        (on(SubjectKind.LATER_INTERIM, "100"), Outcome.NOT_OBSERVED),
        (on(SubjectKind.EVERY_RESPONSE), Outcome.FAIL),
        (on(SubjectKind.PROBLEM, problem="mismatching-upload-offset"), Outcome.FAIL),
        (on(SubjectKind.PROBLEM, problem="completed-upload"), Outcome.NOT_OBSERVED),
    ],
)
def test_what_a_check_looks_at(build: Any, subject: Subject, outcome: Outcome) -> None:
    build.exchange(
        "up",
        build.message(104, Upload_Offset=5),
        build.message(104, Upload_Offset=6),
        build.message(409, MISMATCH, Content_Type="application/problem+json"),
    )
    build.check("up", "RUFH-104-LOCATION", SIZE, on=subject)
    found = only(build)
    assert found.outcome is outcome
    if outcome is Outcome.NOT_OBSERVED:
        assert found.cause == f"there was {subject_words(subject)}: 409 Conflict"


@pytest.mark.parametrize("kind", list(SubjectKind))
def test_every_subject_has_words(kind: SubjectKind) -> None:
    assert subject_words(on(kind, "409")).startswith("no ")


def test_a_final_response_that_never_came_is_not_observed(build: Any) -> None:
    build.exchange("up", closing=End.CLOSED)
    build.check("up", "RUFH-104-LOCATION", OK, on=FINAL)
    found = only(build)
    assert found.outcome is Outcome.NOT_OBSERVED
    assert "the target closed the connection" in found.cause


@pytest.mark.parametrize(
    ("closing", "more", "outcome"),
    [
        (End.DEADLINE, {}, Outcome.FAIL),
        (End.DEADLINE, {"done": False}, Outcome.NOT_OBSERVED),
        (End.CLOSED, {}, Outcome.FAIL),
        (End.CLOSED, {"done": False}, Outcome.INCONCLUSIVE),
        (End.RESET, {}, Outcome.FAIL),
        (End.RESET, {"end": 100}, Outcome.INCONCLUSIVE),
        (End.RESET, {"done": False}, Outcome.INCONCLUSIVE),
        (End.CUT, {}, Outcome.NOT_OBSERVED),
        (End.OPEN, {}, Outcome.NOT_OBSERVED),
        (End.REFUSED, {}, Outcome.INCONCLUSIVE),
        (End.MALFORMED, {}, Outcome.FAIL),
        (End.BOUND, {}, Outcome.FAIL),
    ],
)
@pytest.mark.parametrize("demand", [{"status": 409}, {"status": {"not": 409}}, SIZE])
def test_an_answer_that_is_missing(
    build: Any, closing: End, more: dict[str, Any], outcome: Outcome, demand: dict[str, Any]
) -> None:
    build.exchange("up", closing=closing, **more)
    build.check("up", "RUFH-104-LOCATION", demand)
    found = only(build)
    assert found.outcome is outcome
    assert "no final response" in found.observed


def test_conditions_that_need_no_answer_are_judged_without_one(build: Any) -> None:
    build.exchange("up", build.message(104), closing=End.CUT)
    build.check("up", "RUFH-104-LOCATION", {"some": "interim 104"})
    assert only(build).outcome is Outcome.PASS
    build.checks.clear()
    build.check("up", "RUFH-104-LOCATION", {"none": "interim 104", "status": 200})
    assert only(build).outcome is Outcome.FAIL
    build.checks.clear()
    build.check("up", "RUFH-104-LOCATION", {"ends": {"not": "2xx"}})
    assert only(build).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("status", "fields", "slow"),
    [(429, {}, True), (503, {"Retry-After": "3"}, True), (503, {}, False), (500, {}, False)],
)
def test_a_target_that_asks_to_slow_down(
    build: Any, status: int, fields: dict[str, str], slow: bool
) -> None:
    build.exchange("up", build.message(104), build.message(status, **fields))
    build.check("up", "RUFH-104-LOCATION", OK)
    found = only(build)
    assert found.outcome is (Outcome.INCONCLUSIVE if slow else Outcome.FAIL)
    assert ("slow down" in found.cause) is slow
    build.checks.clear()
    build.check("up", "RUFH-104-LOCATION", {"none": "interim 103"})
    assert (only(build).outcome is Outcome.INCONCLUSIVE) is slow


def test_slowing_down_does_not_hide_what_was_seen(build: Any) -> None:
    build.exchange("up", build.message(104), build.message(429))
    build.check("up", "RUFH-104-LOCATION", SIZE, on=on(SubjectKind.FIRST_INTERIM, "104"))
    assert only(build).outcome is Outcome.FAIL
    build.checks.clear()
    build.check("up", "RUFH-104-LOCATION", {"status": 200}, {"status": 429})
    assert only(build).outcome is Outcome.PASS


def test_the_first_alternative_that_holds_decides(build: Any) -> None:
    build.exchange("up", build.message(409))
    build.check("up", "RUFH-104-LOCATION", OK, {"status": 409, "fact": "lock"}, {"status": "4xx"})
    found = only(build)
    assert (found.outcome, found.variant) == (Outcome.PASS, "lock")
    assert build.judge().facts == ("RUFH-104-LOCATION: lock",)


def test_without_an_alternative_that_holds_all_are_told(build: Any) -> None:
    build.exchange("up", build.message(500))
    build.check("up", "RUFH-104-LOCATION", OK, {"status": 409})
    found = only(build)
    assert found.outcome is Outcome.FAIL
    assert found.expected == "status 2xx or status 409"
    assert found.observed == "500 Internal Server Error"


def test_an_alternative_that_cannot_be_told_leaves_it_open(build: Any) -> None:
    build.exchange("up", build.message(500))
    build.check("up", "RUFH-104-LOCATION", OK, {"status": {"same-as": "never"}})
    assert only(build).outcome is Outcome.INCONCLUSIVE


WARNED = {"status": 409, "as": "warn", "cites": "RUFH-CONCURRENCY-RECOMMENDED-APPROACH"}


def test_a_warning_cites_its_requirement(build: Any) -> None:
    build.exchange("up", build.message(409))
    identity = build.check("up", "RUFH-104-LOCATION", OK, WARNED)
    found = only(build)
    assert (found.id, found.outcome, found.verdict) == (identity, Outcome.WARN, "warn")
    assert found.requirement == "RUFH-CONCURRENCY-RECOMMENDED-APPROACH"
    assert (found.observed, found.variant) == ("409 Conflict", "status 409")


def test_what_a_pass_would_have_been_is_shown_where_something_else_is_tolerated(build: Any) -> None:
    build.exchange("up", build.message(202))
    tolerated = {"status": "2xx", "as": "warn", "fact": "served all the same"}
    build.check("up", "H2-MALFORMED-REFUSED", {"status": 400}, tolerated, {"status": 404})
    found = only(build)
    assert (found.outcome, found.variant) == (Outcome.WARN, "served all the same")
    assert found.expected == "status 400 or status 404"
    assert found.observed == "202 Accepted"


def test_words_that_need_what_was_not_captured_are_left_out_of_what_is_expected(build: Any) -> None:
    build.exchange("up", build.message(409))
    unknown = {"status": {"same-as": "never"}, "Upload-Offset": "$never.Upload-Offset"}
    build.check("up", "RUFH-104-LOCATION", {"status": 200}, WARNED, unknown)
    assert only(build).expected == "status 200"


def test_a_warning_without_ground_in_the_draft_is_a_fact(build: Any) -> None:
    build.draft = 3
    build.exchange("up", build.message(409))
    build.check("up", "RUFH-OFFSET-NO-DECREASE", OK, {"status": 409, "as": "warn"})
    assert only(build).outcome is Outcome.PASS
    assert build.judge().facts == ("RUFH-OFFSET-NO-DECREASE: 409 Conflict",)
    build.checks.clear()
    said = {"status": 409, "as": "warn", "fact": "lock"}
    build.check("up", "RUFH-OFFSET-NO-DECREASE", said)
    assert build.judge().facts == ("RUFH-OFFSET-NO-DECREASE: lock",)


def test_a_design_that_ends_the_scenario(build: Any) -> None:
    build.exchange("up", build.message(409))
    build.exchange("next", build.message(500))
    build.check("next", "RUFH-104-LOCATION", OK)
    build.check("up", "RUFH-104-LOCATION", OK, WARNED | {"ends_scenario": True})
    build.check("up", "RUFH-104-LOCATION", {"status": 409})
    judgement = build.judge()
    outcomes = [(check.step, check.outcome) for check in judgement.checks if check.step]
    assert outcomes == [
        ("up", Outcome.WARN),
        ("up", Outcome.PASS),
        ("next", Outcome.NOT_OBSERVED),
    ]
    assert judgement.ends_after == "up"
    binding = Binding(steps=build.bound)
    assert judge_step(build.plan, binding, build.transcript, "up") is True
    assert judge_step(build.plan, binding, build.transcript, "next") is False


def test_a_design_that_was_not_seen_ends_nothing(build: Any) -> None:
    build.exchange("up", build.message(201))
    build.check("up", "RUFH-104-LOCATION", OK, WARNED | {"ends_scenario": True})
    assert build.judge().ends_after is None
    assert not judge_step(build.plan, Binding(steps=build.bound), build.transcript, "up")


def test_a_missing_capture_is_inconclusive_with_its_cause(build: Any) -> None:
    build.exchange("seen", build.message(500))
    build.exchange("up", build.message(200, Upload_Offset=5))
    build.check("up", "RUFH-104-LOCATION", {"Upload-Offset": "$seen.Upload-Offset"})
    found = only(build)
    assert found.outcome is Outcome.INCONCLUSIVE
    assert found.cause == "step seen: the answer 500 carries no usable Upload-Offset"


@pytest.mark.parametrize("key", ["status", "no-such-matcher"])
def test_a_bug_of_ours_is_an_error_without_a_traceback(build: Any, key: str) -> None:
    build.exchange("up", build.message(200))
    build.check("up", "RUFH-104-LOCATION", OK)
    planned = build.checks[0]
    broken = replace(planned.check.alternatives[0], matchers=(Matcher(key, object()),))
    build.checks[0] = replace(planned, check=replace(planned.check, alternatives=(broken,)))
    found = only(build)
    assert found.outcome is Outcome.ERROR
    assert found.cause.startswith("the suite failed while judging: ")
    assert "\n" not in found.cause


def test_several_exchanges_of_one_step_count_as_the_worst(build: Any) -> None:
    build.exchange("up", build.message(201))
    build.exchange("up", build.message(500))
    build.exchange("up", build.message(201))
    build.check("up", "RUFH-104-LOCATION", OK)
    found = only(build)
    assert (found.outcome, found.evidence) == (Outcome.FAIL, (1,))


def test_an_exchange_that_showed_nothing_does_not_hide_one_that_did(build: Any) -> None:
    build.exchange("up", closing=End.CUT)
    build.exchange("up", build.message(201))
    build.check("up", "RUFH-104-LOCATION", OK)
    assert only(build).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("overlapped", "outcome"), [(True, Outcome.FAIL), (False, Outcome.INCONCLUSIVE)]
)
def test_simultaneous_exchanges_must_have_overlapped(
    build: Any, overlapped: bool, outcome: Outcome
) -> None:
    build.exchange("a", build.message(204))
    build.exchange("b", build.message(204))
    build.together("race", "a", "b", overlapped=overlapped)
    build.check("race", "RUFH-CONCURRENCY-SERVER-PREVENT-CORRUPTION", {"at-most-one": "2xx"})
    build.check("a", "RUFH-104-LOCATION", OK)
    member, race = (check for check in build.judge().checks if check.step)
    assert race.outcome is outcome
    assert race.evidence == ((0, 1) if overlapped else ())
    assert member.outcome is Outcome.PASS


def test_simultaneous_exchanges_that_are_told_to_slow_down(build: Any) -> None:
    build.exchange("a", build.message(429))
    build.together("race", "a", "gone")
    build.check("race", "RUFH-CONCURRENCY-SERVER-PREVENT-CORRUPTION", {"at-most-one": "2xx"})
    assert only(build).outcome is Outcome.INCONCLUSIVE


def test_a_read_back_is_judged_by_what_was_stored(build: Any) -> None:
    build.exchange("up", build.message(201), end=65536)
    build.read_back("stored", build.content.slice(0, 65536))
    build.check("stored", "SUITE-INTEGRITY-STORED", {"equals": "content"})
    found = only(build)
    assert (found.outcome, found.evidence) == (Outcome.PASS, (0,))


def test_a_read_back_that_found_nothing_is_inconclusive(build: Any) -> None:
    build.read_back("stored", None, detail="answered 404")
    build.check("stored", "SUITE-INTEGRITY-STORED", {"equals": "content"})
    found = only(build)
    assert (found.outcome, found.cause) == (Outcome.INCONCLUSIVE, "answered 404")


def test_marks_are_those_of_the_step_s_own_request(build: Any) -> None:
    build.exchange("stuck", closing=End.OPEN, end=8192, mark=7)
    build.resume("late", "stuck")
    build.exchange("a", build.message(204), mark=9)
    build.together("race", "a")
    context = build.context
    marks = [context.mark(name) for name in ("stuck", "late", "a", "nobody")]
    assert marks == [7, 7, 9, 0]
    assert context.has("limits")
    assert context.exchange("nobody") is None
    assert context.connection(0).address == "target.example:80"
    assert context.exchanges("nobody") == ()


def test_a_step_is_judged_as_of_its_own_end(build: Any) -> None:
    early, left = build.message(104), build.now()
    build.exchange("stuck", early, build.message(104), build.message(500), begun=early.at)
    build.resume("late", "stuck")
    build.bound["stuck"] = replace(build.bound["stuck"], until=left)
    build.check("stuck", "RUFH-104-LOCATION", {"count": {"of": "interim 104", "max": 1}})
    build.check("late", "RUFH-104-LOCATION", {"status": 500})
    stuck, late = (check for check in build.judge().checks if check.step)
    assert stuck.outcome is Outcome.INCONCLUSIVE
    assert stuck.observed.startswith("1: 104")
    assert late.outcome is Outcome.PASS


def test_a_provisional_draft_is_told(build: Any) -> None:
    build.draft = 10
    build.exchange("up", build.message(400))
    build.check("up", "RUFH-CREATE-104-ANNOUNCE", OK, verdict=Verdict.WARN)
    build.check("up", "NOT-IN-THE-REGISTRY", OK, verdict=Verdict.WARN)
    known, unknown = (check for check in build.judge().checks if check.step)
    assert (known.provisional, unknown.provisional) == (True, False)
