"""How the result of a case ends a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.model.outcome import Outcome
from conformance.pytest_plugin.verdict import Ending, Known, decide

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.model.result import CaseResult, CheckResult

    Check = Callable[..., CheckResult]
    Case = Callable[..., CaseResult]

FAIL_ID = "rufh/a/b/one/step/X/8/h1"


@pytest.mark.parametrize(
    ("outcomes", "strict", "ending"),
    [
        ("pass", False, Ending.PASSED),
        ("pass not-observed not-applicable", False, Ending.PASSED),
        ("pass warn", False, Ending.WARNED),
        ("pass warn", True, Ending.FAILED),
        ("warn fail", False, Ending.FAILED),
        ("inconclusive pass", False, Ending.FAILED),
        ("inconclusive fail error", False, Ending.ERROR),
        ("not-applicable", False, Ending.SKIPPED),
        ("not-observed skipped", False, Ending.SKIPPED),
    ],
)
def test_the_worst_outcome_decides(
    check: Check, case: Case, outcomes: str, strict: bool, ending: Ending
) -> None:
    checks = [check(f"X{n}", Outcome(word)) for n, word in enumerate(outcomes.split())]
    assert decide(case(*checks), {}, strict=strict).ending is ending


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.INCONCLUSIVE])
def test_what_the_baseline_knows_is_expected_to_fail_for_its_reason(
    check: Check, case: Case, outcome: Outcome
) -> None:
    judged = decide(case(check("X", outcome)), {FAIL_ID: "see issue 7"}, strict=False)
    assert (judged.ending, judged.reason) == (Ending.XFAILED, "see issue 7")


def test_one_failure_the_baseline_does_not_know_is_the_only_one_reported(
    check: Check, case: Case
) -> None:
    both = case(check("X", Outcome.FAIL), check("Y", Outcome.FAIL))
    judged = decide(both, {FAIL_ID: "known"}, strict=False)
    assert judged.ending is Ending.FAILED
    assert [each.requirement for each in judged.checks] == ["Y"]


def test_our_own_error_is_never_known(check: Check, case: Case) -> None:
    judged = decide(case(check("X", Outcome.ERROR)), {FAIL_ID: "known"}, strict=False)
    assert judged.ending is Ending.ERROR


def test_an_entry_that_passes_is_stale(check: Check, case: Case) -> None:
    judged = decide(case(check("X", Outcome.PASS)), {FAIL_ID: "known"}, strict=False)
    assert (judged.ending, judged.stale) == (Ending.PASSED, (FAIL_ID,))


def test_inconclusive_says_so_and_why(check: Check, case: Case) -> None:
    result = case(check("X", Outcome.INCONCLUSIVE, cause="set-up step up: 500"))
    assert decide(result, {}, strict=False).reason == "inconclusive: set-up step up: 500"


def test_not_applicable_tells_its_ground(check: Check, case: Case) -> None:
    result = case(check("X", Outcome.NOT_APPLICABLE, cause="needs cancellation", ground="declared"))
    reason = decide(result, {}, strict=False).reason
    assert reason == "not-applicable (declared): needs cancellation"


def test_a_case_without_checks_is_judged_as_a_whole(case: Case) -> None:
    result = case(outcome=Outcome.INCONCLUSIVE, cause="which draft?")
    known = Known({result.id: "a known gap"}).of(result.id)
    assert decide(result, {}, strict=False).reason == "inconclusive: which draft?"
    assert decide(result, known, strict=False).ending is Ending.XFAILED


def test_a_case_that_expects_nothing_of_its_own_passes_if_a_standing_rule_held(case: Case) -> None:
    assert decide(case(held=("A",)), {}, strict=False).ending is Ending.PASSED
    assert decide(case(), {}, strict=False).ending is Ending.SKIPPED


def test_entries_are_found_by_the_case_they_belong_to() -> None:
    known = Known({FAIL_ID: "here", "rufh/a/b/two/step/X/8/h1": "elsewhere"})
    assert known.of("rufh/a/b/one/8/h1") == {FAIL_ID: "here"}
    assert known.of("rufh/a/b/three/8/h1") == {}
