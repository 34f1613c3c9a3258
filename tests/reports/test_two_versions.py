"""Checks that come to different outcomes over HTTP/1.1 and HTTP/2 are told side by side."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from conformance.model.outcome import Outcome
from reports.catalogue import shipped
from reports.console import make_console, tell
from reports.html import render
from reports.two_versions import compared, differences

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.model.result import CaseResult, CheckResult, RunResult

    MakeCheck = Callable[..., CheckResult]
    MakeCase = Callable[..., CaseResult]
    MakeRun = Callable[..., RunResult]

NO_STORE = "RUFH-RETRIEVE-NO-STORE"


def both(
    make_check: MakeCheck,
    make_case: MakeCase,
    draft: int,
    first: Outcome,
    second: Outcome,
    *,
    requirement: str = NO_STORE,
    observed: tuple[str, str] = ("one", "two"),
) -> list[CaseResult]:
    """Make a case over each transport with one check of the same name."""
    return [
        make_case(
            "rufh/a/b",
            draft,
            make_check(
                requirement,
                outcome,
                id=f"rufh/a/b/step/{requirement}/{draft}/{transport}",
                observed=seen,
            ),
            transport=transport,
        )
        for transport, outcome, seen in zip(("h1", "h2"), (first, second), observed, strict=True)
    ]


def told(run: RunResult) -> str:
    file = io.StringIO()
    tell(run, make_console(file))
    return file.getvalue()


def test_only_checks_made_over_both_are_compared(
    make_check: MakeCheck, make_case: MakeCase, make_run: MakeRun
) -> None:
    alone = make_case("rufh/a/c", 9, make_check("RUFH-A", Outcome.FAIL, id="x/RUFH-A/9/h1"))
    run = make_run(alone, *both(make_check, make_case, 9, Outcome.PASS, Outcome.PASS))

    assert compared(run) == 1
    assert differences(run, {}) == []


def test_a_check_is_matched_in_its_own_draft(
    make_check: MakeCheck, make_case: MakeCase, make_run: MakeRun
) -> None:
    one = both(make_check, make_case, 8, Outcome.PASS, Outcome.PASS)[0]
    other = both(make_check, make_case, 9, Outcome.PASS, Outcome.FAIL)[1]

    assert compared(make_run(one, other)) == 0


def test_the_same_difference_is_told_once_for_all_drafts(
    make_check: MakeCheck, make_case: MakeCase, make_run: MakeRun
) -> None:
    cases = [
        case
        for draft in (8, 9)
        for case in both(make_check, make_case, draft, Outcome.PASS, Outcome.WARN)
    ]

    (found,) = differences(make_run(*cases), shipped())

    assert (found.id, found.outcomes, found.drafts) == (
        NO_STORE,
        (Outcome.PASS, Outcome.WARN),
        [8, 9],
    )
    assert found.summary
    assert [pair.id for pair in found.telling] == [f"rufh/a/b/step/{NO_STORE}/8"]


def test_the_worst_difference_comes_first(
    make_check: MakeCheck, make_case: MakeCase, make_run: MakeRun
) -> None:
    warned = both(make_check, make_case, 9, Outcome.WARN, Outcome.PASS, requirement="A")
    failed = both(make_check, make_case, 9, Outcome.PASS, Outcome.FAIL, requirement="Z")
    unseen = both(make_check, make_case, 9, Outcome.PASS, Outcome.NOT_OBSERVED, requirement="B")

    found = differences(make_run(*warned, *failed, *unseen), {})

    assert [each.id for each in found] == ["Z", "A", "B"]


@pytest.mark.parametrize(
    ("outcomes", "differ"),
    [
        ((Outcome.PASS, Outcome.NOT_OBSERVED), False),
        ((Outcome.NOT_OBSERVED, Outcome.PASS), False),
        ((Outcome.PASS, Outcome.FAIL), True),
        ((Outcome.WARN, Outcome.NOT_OBSERVED), True),
    ],
)
def test_a_rule_without_occasion_over_one_version_is_no_difference(
    make_check: MakeCheck,
    make_case: MakeCase,
    make_run: MakeRun,
    outcomes: tuple[Outcome, Outcome],
    differ: bool,
) -> None:
    rule = "HTTP-1XX-NO-HTTP10"
    cases = [
        make_case(
            "standing/rules",
            9,
            make_check(rule, outcome, id=f"standing/{rule}/9/{transport}", step=""),
            transport=transport,
        )
        for transport, outcome in zip(("h1", "h2"), outcomes, strict=True)
    ]

    assert bool(differences(make_run(*cases), {})) is differ


def test_what_could_not_be_judged_is_told_by_its_cause(
    make_check: MakeCheck, make_case: MakeCase, make_run: MakeRun
) -> None:
    first = both(make_check, make_case, 9, Outcome.PASS, Outcome.PASS)[0]
    lost = make_check(
        NO_STORE,
        Outcome.INCONCLUSIVE,
        id=f"rufh/a/b/step/{NO_STORE}/9/h2",
        cause="the stream was reset",
    )

    (found,) = differences(make_run(first, make_case("rufh/a/b", 9, lost, transport="h2")), {})

    assert [side.text for side in found.pairs[0].sides] == ["one", "the stream was reset"]


def test_console_and_page_show_both_texts(
    make_check: MakeCheck, make_case: MakeCase, make_run: MakeRun
) -> None:
    texts = ("no-store, as it should", "<b>max-age=60</b>\x1b[31m")
    run = make_run(
        *both(make_check, make_case, 9, Outcome.PASS, Outcome.WARN, observed=texts),
    )

    console, page = told(run), render(run)

    assert "Same request, two protocol versions · 1 of 1 check differ" in console
    assert "HTTP/1.1  pass  no-store, as it should" in console
    assert "HTTP/2    warn  <b>max-age=60</b>\\x1b[31m" in console
    assert 'id="versions"' in page
    assert "no-store, as it should" in page
    assert "&lt;b&gt;max-age=60&lt;/b&gt;\\x1b[31m" in page


def test_a_run_over_one_version_has_no_such_part(
    make_check: MakeCheck, make_case: MakeCase, make_run: MakeRun
) -> None:
    run = make_run(both(make_check, make_case, 9, Outcome.PASS, Outcome.PASS)[0])

    assert "two protocol versions" not in told(run)
    assert 'id="versions"' not in render(run)


def test_no_difference_is_told_as_such(
    make_check: MakeCheck, make_case: MakeCase, make_run: MakeRun
) -> None:
    run = make_run(*both(make_check, make_case, 9, Outcome.PASS, Outcome.PASS))

    assert "0 of 1 check differ" in told(run)
    assert "same outcome over both" in render(run)
