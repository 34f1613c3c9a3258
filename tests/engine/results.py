"""Results of cases and checks with something plain in every field a test does not name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.model.outcome import Outcome
from conformance.model.result import CaseResult, CheckResult


def check(identity: str, outcome: Outcome, *, step: str = "s", **more: Any) -> CheckResult:
    """Make the result of a check."""
    made = CheckResult(
        id=identity,
        requirement="R",
        step=step,
        level="MUST",
        verdict="fail",
        outcome=outcome,
    )
    return replace(made, **more)


def case(name: str, *checks: CheckResult, **more: Any) -> CaseResult:
    """Make the result of a case that passed, unless said otherwise."""
    made = CaseResult(
        id=f"rufh/t/{name}/9/h1",
        scenario=f"rufh/t/{name}",
        case="",
        draft=9,
        transport="h1",
        title="",
        topic="t",
        outcome=Outcome.PASS,
        checks=checks,
    )
    return replace(made, **more)
