"""A small run against a hostile target, with every outcome in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.outcome import Outcome
from conformance.model.result import (
    BaselineSeen,
    CaseResult,
    CheckResult,
    ExchangeText,
    RunResult,
    TargetSeen,
)

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = "\x1b[31mred\x1b[0m <script>alert(1)</script> [bold]markup[/bold] \u202eevil\x00\x07"

MakeCheck = "Callable[..., CheckResult]"
MakeCase = "Callable[..., CaseResult]"
MakeRun = "Callable[..., RunResult]"


def check(requirement: str, outcome: Outcome, **more: Any) -> CheckResult:
    fields: dict[str, Any] = {
        "id": f"rufh/a/b/step/{requirement}/8/h1",
        "requirement": requirement,
        "step": "wrong",
        "level": "MUST",
        "verdict": "fail",
        "outcome": outcome,
    }
    return CheckResult(**(fields | more))


def case(scenario: str, draft: int, *checks: CheckResult, **more: Any) -> CaseResult:
    fields: dict[str, Any] = {
        "id": f"{scenario}/{draft}/h1",
        "scenario": scenario,
        "case": "",
        "draft": draft,
        "transport": "h1",
        "title": "A title",
        "topic": scenario.split("/")[1],
        "outcome": max((c.outcome for c in checks), key=lambda o: o.severity, default=Outcome.PASS),
        "checks": checks,
    }
    return CaseResult(**(fields | more))


def run(*cases: CaseResult, **more: Any) -> RunResult:
    fields: dict[str, Any] = {
        "suite": "0.1.0",
        "scenario_set": "2026.1",
        "seed": "s",
        "target": TargetSeen(url="https://up.example/files", drafts={8: "declared"}),
        "results": cases,
        "started": "2026-11-20T12:00:00Z",
        "seconds": 1.5,
    }
    return RunResult(**(fields | more))


def hostile_run() -> RunResult:
    failing = [
        check(
            "RUFH-APPEND-OFFSET-MISMATCH-409",
            Outcome.FAIL,
            id=f"rufh/append/offset-mismatch/one-short/wrong/RUFH-X/{draft}/h1",
            expected="status 409",
            observed=HOSTILE,
            seen="2/2" if draft == 8 else "1/2",
            evidence=(0,),
        )
        for draft in (6, 8)
    ]
    cases = [
        case(
            "rufh/append/offset-mismatch",
            draft,
            found,
            check("RUFH-RETRIEVE-NO-STORE", Outcome.WARN, level="SHOULD", observed=HOSTILE),
            check("RUFH-OFFSET-NO-DECREASE", Outcome.PASS),
            check("HTTP-NO-DUPLICATE-LINES", Outcome.FAIL, observed="two lines", seen="2/2"),
            check("UNKNOWN-TO-US", Outcome.FAIL, observed="something"),
            check("RUFH-104-LOCATION", Outcome.NOT_OBSERVED, cause="no 104"),
            check("RUFH-CANCEL", Outcome.NOT_APPLICABLE, ground="declared", cause="no cancelling"),
            check("RUFH-SKIP", Outcome.SKIPPED, cause="skip"),
            case="one-short",
            why="People lose data.",
            exchanges=(
                ExchangeText(step="wrong", connection=1, sent=HOSTILE, received=f"HTTP\n{HOSTILE}"),
            ),
            facts=(HOSTILE,),
        )
        for draft, found in zip((6, 8), failing, strict=True)
    ]
    lost = check("SUITE-INTEGRITY-STORED", Outcome.INCONCLUSIVE, cause="no way to read back")
    broken = check("SUITE-INTEGRITY-STORED", Outcome.ERROR, cause="we stumbled")
    unreached = case("rufh/z/alone", 0, outcome=Outcome.INCONCLUSIVE, cause=HOSTILE)
    return run(
        *cases,
        case("rufh/creation/lost", 8, lost, broken),
        unreached,
        target=TargetSeen(
            url=f"https://up.example/{HOSTILE}", drafts={6: "104 seen", 8: HOSTILE}, server=HOSTILE
        ),
        exit_code=2,
        stopped=HOSTILE,
    )


@pytest.fixture(name="hostile")
def _hostile() -> RunResult:
    return hostile_run()


@pytest.fixture(name="make_check")
def _make_check() -> Callable[..., CheckResult]:
    return check


@pytest.fixture(name="make_case")
def _make_case() -> Callable[..., CaseResult]:
    return case


@pytest.fixture(name="make_run")
def _make_run() -> Callable[..., RunResult]:
    return run


@pytest.fixture(name="baseline")
def _baseline() -> Callable[..., BaselineSeen]:
    return BaselineSeen
