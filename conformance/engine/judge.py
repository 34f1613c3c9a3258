"""From a transcript to verdicts: pure, so that an old transcript can be judged again.

A check is judged only by what was seen. Where the target could not show what the check asks for
the outcome says why (not observed, not applicable, inconclusive); a violation counts as much as
the requirement's verdict in the draft says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.engine.judge_check import Judged, blank, judge_check
from conformance.engine.judge_context import Context
from conformance.engine.judge_standing import judge_standing
from conformance.model.plan import (
    Binding,
    Plan,
    PlannedExchange,
    PlannedResume,
    PlannedStep,
    PlannedTogether,
)

if TYPE_CHECKING:
    from conformance.model.result import CheckResult
    from conformance.model.transcript import Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a plan's run is worth.

    Attributes:
        checks: results in the order of the plan, standing rules last.
        facts: variants and values seen, for information.
        ends_after: the step after which nothing could be judged under the design seen; None if
            the scenario went to its end.
    """

    checks: tuple[CheckResult, ...]
    facts: tuple[str, ...]
    ends_after: str | None


def judge(plan: Plan, binding: Binding, transcript: Transcript) -> Judgement:
    """Judge everything a plan checks, and the standing rules."""
    context = Context(plan, binding, transcript)
    order = {name: index for index, name in enumerate(_names(plan))}
    judged: list[tuple[str, Judged]] = []
    ends_after: str | None = None
    for planned in sorted(plan.checks, key=lambda each: order.get(each.step, len(order))):
        if ends_after is not None and order.get(planned.step, len(order)) > order[ends_after]:
            cause = f"nothing after step {ends_after} can be judged under the design seen there"
            skipped = replace(blank(planned, context), cause=cause)
            judged.append((planned.id, Judged(result=skipped)))
            continue
        found = judge_check(planned, context)
        judged.append((planned.id, found))
        if found.ends and ends_after is None:
            ends_after = planned.step
    standing = judge_standing(context)
    facts = dict.fromkeys(fact for _, each in judged for fact in each.facts)
    facts |= dict.fromkeys(standing.facts)
    return Judgement(
        checks=(*(each.result for _, each in judged), *standing.checks),
        facts=tuple(facts),
        ends_after=ends_after,
    )


def judge_step(plan: Plan, binding: Binding, transcript: Transcript, step: str) -> bool:
    """Tell, right after a step, whether a design was seen that ends the scenario here."""
    context = Context(plan, binding, transcript)
    return any(
        judge_check(planned, context).ends
        for planned in plan.checks
        if planned.step == step and any(each.ends for each in planned.check.alternatives)
    )


def _names(plan: Plan) -> list[str]:
    """Return the names of all steps in order, members of together steps before their step."""
    names: list[str] = []
    for step in plan.steps:
        names += _own_names(step)
    return names


def _own_names(step: PlannedStep) -> list[str]:
    if isinstance(step, PlannedTogether):
        return [*(each.step.name for each in step.exchanges), step.name]
    if isinstance(step, PlannedExchange | PlannedResume):
        return [step.step.name]
    return [step.name]


__all__ = ["Judgement", "judge", "judge_step"]
