"""The report of a failed test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.model.outcome import Outcome
from conformance.model.result import ExchangeText
from conformance.pytest_plugin.proof import Rerun, tell
from conformance.pytest_plugin.verdict import decide
from conformance.pytest_plugin.words import drafts_in_words, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.model.result import CaseResult, CheckResult

    Check = Callable[..., CheckResult]
    Case = Callable[..., CaseResult]

HOSTILE = "\x1b[31mred\u202eevil\x00\ud800"


def report(result: CaseResult, rerun: Rerun | None = None) -> str:
    return tell(result, decide(result, {}, strict=False), rerun or Rerun())


def test_it_holds_requirement_expected_observed_octets_and_certainty(
    check: Check, case: Case
) -> None:
    failed = check(
        "RUFH-APPEND-OFFSET-MISMATCH-409",
        Outcome.FAIL,
        expected="status 409",
        observed="204 No Content",
        seen="2/2",
        evidence=(1,),
    )
    exchanges = (
        ExchangeText(step="up", connection=0, sent="POST /first", received="201"),
        ExchangeText(step="step", connection=1, sent="PATCH /second", received="204", note="end"),
    )
    lines = [line.strip() for line in report(case(failed, exchanges=exchanges)).splitlines()]
    assert "fail: RUFH-APPEND-OFFSET-MISMATCH-409 (MUST) at step step, seen 2/2" in lines
    assert {"expected: status 409", "observed: 204 No Content"} <= set(lines)
    assert {"step step, connection 1: end", "> PATCH /second", "< 204"} <= set(lines)
    assert "> POST /first" not in lines
    assert any(line.startswith("https://") for line in lines)


def test_nothing_in_it_can_steer_a_terminal(check: Check, case: Case) -> None:
    failed = check("UNKNOWN", Outcome.FAIL, expected=HOSTILE, observed=HOSTILE, cause=HOSTILE)
    told = ExchangeText(step="step", connection=0, sent=HOSTILE, received=HOSTILE, note=HOSTILE)
    text = report(case(failed, title=HOSTILE, why=HOSTILE, exchanges=(told,)))
    assert all(char.isprintable() or char == "\n" for char in text)
    text.encode("utf-8")


def test_it_stays_short_however_much_there_is(check: Check, case: Case) -> None:
    failed = [check(f"X{n}", Outcome.FAIL, observed="word " * 9000) for n in range(50)]
    told = ExchangeText(step="step", connection=0, sent="line\n" * 9000, received="x" * 9000)
    text = report(case(*failed, exchanges=(told,) * 40))
    assert len(text) < 20_000
    assert "44 more checks" in text
    assert "38 more exchanges" in text
    assert "8986 more lines" in text


def test_the_command_runs_just_this_case_again(case: Case) -> None:
    result = case(outcome=Outcome.FAIL)
    shipped = Rerun(target=("--resumable-target", "http://h/a?b&c"))
    assert shipped.command(result) == (
        "pytest --resumable-target 'http://h/a?b&c' --resumable-draft 8 "
        "--resumable-only rufh/a/b/one -m resumable"
    )
    assert Rerun(file="my own.scenario.yaml").command(result) == (
        "pytest 'my own.scenario.yaml' --resumable-own --resumable-draft 8 "
        "--resumable-only rufh/a/b/one"
    )


def test_line_ends_of_the_wire_are_line_ends_here() -> None:
    assert lines_of("a\r\nb\r\n", 5, 80) == ["a", "b"]


@pytest.mark.parametrize(
    ("drafts", "words"),
    [
        ((), "drafts as the server tells"),
        ((6,), "draft 6"),
        ((8, 6), "drafts 6, 8"),
        ((3, 4, 5, 8), "drafts 3-5, 8"),
    ],
)
def test_drafts_are_told_shortly(drafts: tuple[int, ...], words: str) -> None:
    assert drafts_in_words(drafts) == words
