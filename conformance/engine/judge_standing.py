"""Standing rules of the profile, turned into one check result for each requirement."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.model.outcome import Outcome
from conformance.model.requirement import Verdict
from conformance.model.result import CheckResult
from conformance.profiles.rufh import registry, standing

if TYPE_CHECKING:
    from conformance.engine.judge_context import Context
    from conformance.model.plan import Plan
    from conformance.profiles.rufh.findings import Finding

_LOG = logging.getLogger(__name__)
_OUTCOMES = {Verdict.FAIL: Outcome.FAIL, Verdict.WARN: Outcome.WARN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the standing rules found.

    Attributes:
        checks: a result for each requirement that applied.
        facts: violations that are information only.
    """

    checks: tuple[CheckResult, ...]
    facts: tuple[str, ...] = ()


def judge_standing(context: Context) -> Standing:
    """Run the standing rules and judge what they found by the registry."""
    try:
        findings = standing.find(context.transcript, context.draft)
    except Exception as error:  # a rule's bug must not end the run
        _LOG.debug("standing rules of %s", context.plan.id, exc_info=True)
        return Standing(checks=(_failed(context, error),))
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault(finding.requirement, []).append(finding)
    checks: list[CheckResult] = []
    facts: list[str] = []
    for requirement in standing.STANDING:
        found = grouped.get(requirement)
        row = registry.load().get(requirement)
        verdict = row.verdicts[context.plan.draft]
        if not found or verdict is Verdict.SKIP:
            continue
        broken = [each for each in found if not each.holds]
        if broken and verdict is Verdict.INFO:
            facts.append(f"{requirement}: {broken[0].observed}")
        checks.append(_result(requirement, found, broken, verdict, context))
    return Standing(checks=tuple(checks), facts=tuple(facts))


def _result(
    requirement: str,
    found: list[Finding],
    broken: list[Finding],
    verdict: Verdict,
    context: Context,
) -> CheckResult:
    plan = context.plan
    row, draft = registry.load().get(requirement), plan.draft
    shown = (broken or found)[0]
    observed = shown.observed
    if len(broken) > 1:
        observed += f" (and {len(broken) - 1} more)"
    return CheckResult(
        id=_id(requirement, plan),
        requirement=requirement,
        step="",
        level=str(row.levels[draft]),
        verdict=str(verdict),
        provisional=draft in row.provisional,
        outcome=_OUTCOMES.get(verdict, Outcome.PASS) if broken else Outcome.PASS,
        expected=shown.expected,
        observed=observed,
        evidence=shown.exchanges,
    )


def _id(requirement: str, plan: Plan) -> str:
    return f"{plan.case.id}/standing/{requirement}/{plan.draft}/{plan.transport}"


def _blank(requirement: str, context: Context) -> CheckResult:
    return CheckResult(
        id=_id(requirement, context.plan),
        requirement=requirement,
        step="",
        level="",
        verdict="",
        outcome=Outcome.NOT_OBSERVED,
    )


def _failed(context: Context, error: Exception) -> CheckResult:
    cause = f"the suite failed in its standing rules: {type(error).__name__}: {error}"
    blank = _blank("SUITE-SANITY-ANSWER", context)
    return replace(blank, outcome=Outcome.ERROR, cause=cause)
