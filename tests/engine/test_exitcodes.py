"""Exit codes by the worst thing that happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.engine.exitcodes import ExitCode, exit_code
from conformance.model.outcome import Outcome
from tests.engine import results

if TYPE_CHECKING:
    from conformance.model.result import CaseResult


def case(*outcomes: Outcome) -> CaseResult:
    checks = [
        results.check(f"rufh/t/one/s{number}/R/9/h1", outcome, step=f"s{number}")
        for number, outcome in enumerate(outcomes)
    ]
    return results.case("one", *checks)


PASS, WARN, INCONCLUSIVE, FAIL = Outcome.PASS, Outcome.WARN, Outcome.INCONCLUSIVE, Outcome.FAIL
ERROR, ASIDE = Outcome.ERROR, Outcome.NOT_APPLICABLE
FIRST = "rufh/t/one/s0/R/9/h1"


@pytest.mark.parametrize(
    ("outcomes", "options", "expected"),
    [
        ((PASS,), {}, ExitCode.FINE),
        ((PASS, WARN), {}, ExitCode.FINE),
        ((PASS, WARN), {"strict": True}, ExitCode.FOUND),
        ((PASS, INCONCLUSIVE), {}, ExitCode.FOUND),
        ((FAIL, PASS), {}, ExitCode.FOUND),
        ((FAIL, ERROR), {}, ExitCode.BROKEN),
        ((FAIL,), {"stopped": "interrupted"}, ExitCode.BROKEN),
        ((PASS,), {"stopped": "reached --max-bytes"}, ExitCode.BROKEN),
        ((), {}, ExitCode.FINE),
        ((ASIDE, Outcome.SKIPPED, Outcome.NOT_OBSERVED), {}, ExitCode.BROKEN),
        ((FAIL, PASS), {"known": {FIRST: "known"}}, ExitCode.FINE),
        ((FAIL,), {"known": {FIRST: "known"}}, ExitCode.FINE),
        ((FAIL, FAIL), {"known": {FIRST: "known"}}, ExitCode.FOUND),
        ((INCONCLUSIVE, PASS), {"known": {FIRST: "known"}}, ExitCode.FINE),
        ((WARN, PASS), {"known": {FIRST: "known"}, "strict": True}, ExitCode.FINE),
        ((ERROR, PASS), {"known": {FIRST: "known"}}, ExitCode.BROKEN),
        ((PASS, PASS), {"known": {FIRST: "gone"}, "stale": True}, ExitCode.STALE),
        ((PASS, FAIL), {"known": {FIRST: "gone"}, "stale": True}, ExitCode.FOUND),
    ],
)
def test_the_exit_code_is_that_of_the_worst(
    outcomes: tuple[Outcome, ...], options: dict[str, object], expected: ExitCode
) -> None:
    assert exit_code([case(*outcomes)], **options) is expected  # type: ignore[arg-type]


def test_a_run_without_cases_judged_nothing() -> None:
    assert exit_code([]) is ExitCode.BROKEN


def test_a_case_without_checks_counts_by_its_own_outcome() -> None:
    lost = results.case("sanity", draft=0, topic="sanity", outcome=INCONCLUSIVE)

    assert exit_code([lost]) is ExitCode.FOUND
