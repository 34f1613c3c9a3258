"""Known failures, what is gone, and what this run cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.engine.baseline import case_of, compare, read_baseline, write_baseline
from conformance.model.errors import ScenarioError, SuiteError
from conformance.model.outcome import Outcome
from tests.engine import results as made

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.model.result import CaseResult

PASS, WARN, INCONCLUSIVE, FAIL = Outcome.PASS, Outcome.WARN, Outcome.INCONCLUSIVE, Outcome.FAIL


def case(name: str, **outcomes: Outcome) -> CaseResult:
    checks = [
        made.check(
            f"rufh/t/{name}/{step}/R/9/h1",
            outcome,
            step=step,
            observed='a "quoted": thing\n# and more',
        )
        for step, outcome in outcomes.items()
    ]
    return made.case(name, *checks)


def test_what_was_written_is_read_again_and_covers_the_run(tmp_path: Path) -> None:
    path = tmp_path / "known.yaml"
    results = [case("a", one=FAIL, two=PASS), case("b", one=INCONCLUSIVE, two=WARN)]

    assert write_baseline(path, results) == 2
    known = read_baseline(path)
    seen = compare(known, results, path=str(path), complete=True)

    assert set(known) == {"rufh/t/a/one/R/9/h1", "rufh/t/b/one/R/9/h1"}
    assert seen.known == known
    assert seen.stale == ()


def test_reasons_given_by_people_survive_a_new_writing(tmp_path: Path) -> None:
    path = tmp_path / "known.yaml"
    key = "rufh/t/a/one/R/9/h1"

    write_baseline(path, [case("a", one=FAIL)], known={key: "ticket 42", "gone": "old"})

    assert read_baseline(path) == {key: "ticket 42"}


def test_warnings_are_listed_only_when_they_count(tmp_path: Path) -> None:
    path = tmp_path / "known.yaml"
    results = [case("a", one=WARN)]

    assert write_baseline(path, results) == 0
    assert read_baseline(path) == {}
    assert write_baseline(path, results, strict=True) == 1


@pytest.mark.parametrize(
    ("key", "results", "complete", "stale"),
    [
        ("rufh/t/a/one/R/9/h1", [case("a", one=PASS)], False, True),
        ("rufh/t/a/one/R/9/h1", [case("a", one=WARN)], False, True),
        ("rufh/t/a/one/R/9/h1", [case("a", one=Outcome.NOT_OBSERVED)], False, False),
        ("rufh/t/a/one/R/9/h1", [case("a", two=PASS)], False, True),
        ("rufh/t/a/one/R/9/h1", [case("b", one=PASS)], False, False),
        ("rufh/t/a/one/R/9/h1", [case("b", one=PASS)], True, True),
        ("rufh/t/a/one/R/6/h1", [case("a", one=PASS)], False, False),
    ],
)
def test_an_entry_is_stale_only_if_this_run_shows_that_it_is_gone(
    key: str, results: list[CaseResult], complete: bool, stale: bool
) -> None:
    seen = compare({key: "why"}, results, path="known.yaml", complete=complete)

    assert seen.known == {}
    assert bool(seen.stale) is stale


@pytest.mark.parametrize(
    ("check_id", "expected"),
    [
        ("rufh/a/b/step/R/9/h1", "rufh/a/b/9/h1"),
        ("rufh/a/b/reset,1-B/step/R.label/9/h1", "rufh/a/b/reset,1-B/9/h1"),
        ("rufh/a/b/standing/R/9/h1", "rufh/a/b/9/h1"),
        ("odd", "odd"),
    ],
)
def test_a_check_id_names_its_case(check_id: str, expected: str) -> None:
    assert case_of(check_id) == expected


@pytest.mark.parametrize(
    "text", ["a:\n", "a: [b]\n", "a: 3\n", "- a\n", "a: b\na: c\n", "a: \tb: c"]
)
def test_a_bad_baseline_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    path = tmp_path / "known.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ScenarioError) as caught:
        read_baseline(path)

    assert caught.value.mark is not None
    assert str(path) in str(caught.value)


def test_a_missing_baseline_tells_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="--write-baseline"):
        read_baseline(tmp_path / "none.yaml")


def test_an_entry_of_a_transport_that_was_not_judged_is_left_alone() -> None:
    known = {"rufh/t/gone/one/R/9/h1": "why", "rufh/t/gone/one/R/9/h2": "why"}

    seen = compare(
        known, [case("a", one=PASS)], path="known.yaml", complete=True, transports=("h2",)
    )

    assert seen.stale == ("rufh/t/gone/one/R/9/h2",)


def test_an_entry_of_a_draft_that_was_not_judged_is_left_alone() -> None:
    known = {"rufh/t/gone/one/R/6/h1": "why", "rufh/t/gone/one/R/9/h1": "why"}

    seen = compare(known, [case("a", one=PASS)], path="known.yaml", complete=True, drafts={9: ""})

    assert seen.stale == ("rufh/t/gone/one/R/9/h1",)
