"""Several runs of one case become one result."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conformance.engine.repeat import confirm, merge
from conformance.model.outcome import Outcome
from conformance.model.result import CaseResult, CheckResult, ExchangeText
from tests.engine import results

PASS, WARN, INCONCLUSIVE, FAIL = Outcome.PASS, Outcome.WARN, Outcome.INCONCLUSIVE, Outcome.FAIL


def check(name: str, outcome: Outcome, observed: str = "") -> CheckResult:
    evidence = (0,) if outcome is not PASS else ()
    return results.check(name, outcome, observed=observed, evidence=evidence)


def run(*checks: CheckResult, note: str = "") -> CaseResult:
    return results.case(
        "s",
        *checks,
        outcome=max((each.outcome for each in checks), key=lambda o: o.severity),
        exchanges=(ExchangeText(step="s", connection=0, sent=note, received=""),),
        seconds=1.0,
        requests=2,
        octets=10,
    )


def test_a_fail_seen_twice_is_certain() -> None:
    merged = confirm(run(check("a", FAIL, "first")), run(check("a", FAIL, "second")))

    assert [(c.outcome, c.seen, c.observed) for c in merged.checks] == [(FAIL, "2/2", "first")]


def test_a_fail_seen_once_stays_a_fail_and_says_so() -> None:
    merged = confirm(run(check("a", FAIL)), run(check("a", PASS)))

    assert (merged.outcome, merged.checks[0].outcome, merged.checks[0].seen) == (FAIL, FAIL, "1/2")


def test_a_fail_of_the_second_run_only_shows_the_second_runs_octets() -> None:
    merged = confirm(
        run(check("a", FAIL), check("b", PASS), note="one"),
        run(check("a", PASS), check("b", FAIL), note="two"),
    )

    second = merged.checks[1]
    assert (second.outcome, second.seen) == (FAIL, "1/2")
    assert [merged.exchanges[position].sent for position in second.evidence] == ["two"]


@pytest.mark.parametrize("again", [INCONCLUSIVE, WARN])
def test_the_second_run_changes_nothing_but_fails(again: Outcome) -> None:
    merged = confirm(
        run(check("a", FAIL), check("b", PASS)), run(check("a", FAIL), check("b", again))
    )

    assert merged.checks[1].outcome is PASS
    assert merged.checks[1].seen == ""


def test_warnings_are_not_counted_by_a_second_look() -> None:
    merged = confirm(
        run(check("a", FAIL), check("b", WARN)), run(check("a", FAIL), check("b", WARN))
    )

    assert merged.checks[1].seen == ""


def test_a_race_says_in_how_many_runs_its_worst_outcome_came() -> None:
    runs = [run(check("a", FAIL if number in {3, 7} else PASS)) for number in range(20)]

    merged = merge(runs)

    assert (merged.checks[0].outcome, merged.checks[0].seen) == (FAIL, "2/20")
    assert (merged.requests, merged.octets, merged.seconds) == (40, 200, 20.0)


def test_a_race_without_fails_says_nothing() -> None:
    assert merge([run(check("a", PASS))] * 5).checks[0].seen == ""


def test_evidence_keeps_pointing_at_the_right_exchange_when_runs_are_joined() -> None:
    runs = [
        run(check("a", PASS), check("b", FAIL), note="one"),
        run(check("a", FAIL), check("b", PASS), note="two"),
    ]

    merged = merge(runs)

    shown = {c.id: merged.exchanges[c.evidence[0]].sent for c in merged.checks}
    assert shown == {"a": "two", "b": "one"}


def test_facts_are_told_once() -> None:
    runs = [replace(run(check("a", PASS)), facts=("lock", f"run {n}")) for n in range(2)]

    assert merge(runs).facts == ("lock", "run 0", "run 1")


def test_one_run_is_left_alone() -> None:
    only = run(check("a", FAIL))

    assert merge([only]) is only
