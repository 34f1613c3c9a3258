"""A suspicion becomes a scenario, and the suite's own engine says whether it holds.

What the model suspects is written down as an ordinary check and judged like every other scenario,
so that a finding is exactly what ``resumable run`` says of the file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from conformance.engine.judge import judge
from conformance.engine.runner import run_plan
from conformance.fuzz.trial import Trial, scenario_head
from conformance.model.outcome import Outcome
from conformance.model.scenario import (
    Case,
    ExchangeStep,
    ReadBackStep,
    ResumeStep,
    TogetherStep,
)
from conformance.profiles.rufh import registry
from conformance.scenario.checks import read_checks
from conformance.scenario.encode import scenario_from_steps
from conformance.scenario.keys import Reading, default_vocabulary
from conformance.scenario.planner import NotPlanned, plan_case
from conformance.scenario.yaml_nodes import parse

if TYPE_CHECKING:
    from conformance.engine.runner import Ran
    from conformance.engine.world import World
    from conformance.fuzz.trial import FuzzStep
    from conformance.fuzz.view import Violation
    from conformance.model.plan import Plan, TargetFacts
    from conformance.model.result import CheckResult
    from conformance.model.scenario import Check, Scenario

#: standing rules are judged on every transcript, but a scenario has to ask for something
_ANSWERED: Final = "SUITE-SANITY-ANSWER: {ends: [2xx, 3xx, 4xx, 5xx, cut, closed, reset]}"
#: what a check may rest on; it holds whatever the target does, but without a word of completeness
#: the scenario ends there
_CALLED_COMPLETE: Final = (
    "{any-of: [{complete: true}, {complete: {not: true}, then: stop}, "
    "{ends: [cut, closed, reset, deadline, refused, malformed, bound], then: stop}]}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What the engine says of a suspicion.

    Attributes:
        fails: the check, or the standing rule, that fails for the same requirement; None if none.
        cause: why it could not be judged; empty if it could.
        plan: what was run; None if nothing was.
        ran: what came of it; None if nothing was run.
    """

    fails: CheckResult | None
    cause: str = ""
    plan: Plan | None = None
    ran: Ran | None = None


def checks_of(violation: Violation) -> tuple[Check, ...]:
    """Return the check that a violation fails, decoded from its text."""
    return _decoded(
        f"{violation.requirement}: {violation.expect}" if violation.expect else _ANSWERED
    )


def _decoded(demand: str) -> tuple[Check, ...]:
    reading = Reading(default_vocabulary())
    checks = read_checks(parse(f"- {demand}\n".encode(), "<finding>"), reading)
    reading.raise_problems()
    return checks


def scenario_of(trial: Trial, violation: Violation) -> Scenario:
    """Write a trial and what it violates as a scenario that can be dumped and run."""
    return scenario_from_steps(
        scenario_head(trial).id,
        _title(violation),
        _with_checks(trial, violation),
        why=_why(violation),
        content=replace(trial.content, fixed=True),
        seed=trial.seed,
    )


def _title(violation: Violation) -> str:
    summary = registry.load().get(violation.requirement).summary
    return " ".join(summary.split())[:160]


def _why(violation: Violation) -> str:
    text = f"Found by the fuzzer: {violation.said}."
    return text + (
        f" The upload could only be: {violation.possible}." if violation.possible else ""
    )


def _with_checks(trial: Trial, violation: Violation) -> tuple[FuzzStep, ...]:
    steps, checks = trial.steps, checks_of(violation)
    if violation.rests_on:
        premise = _decoded(f"{violation.requirement}.premise: {_CALLED_COMPLETE}")
        steps = tuple(_checked(step, violation.rests_on, premise) for step in steps)
    return tuple(_checked(step, violation.step, checks) for step in steps)


def _checked(step: FuzzStep, name: str, checks: tuple[Check, ...]) -> FuzzStep:
    match step:
        case TogetherStep() if step.name == name:
            return replace(step, expect=checks)
        case TogetherStep():
            inner = (_checked(each, name, checks) for each in step.steps)
            return replace(step, steps=tuple(e for e in inner if isinstance(e, ExchangeStep)))
        case ExchangeStep() | ResumeStep() | ReadBackStep() if step.name == name:
            return replace(step, expect=checks)
        case _:
            return step


async def confirm(
    trial: Trial, violation: Violation, world: World, target: TargetFacts, transport: str
) -> Confirmed:
    """Run a trial as a scenario and judge it.

    Raises:
        BoundReached: the bound on requests is reached.
    """
    scenario = scenario_of(trial, violation)
    case = Case(scenario=scenario, name="", steps=_with_checks(trial, violation))
    return await judged(case, trial.draft, violation.requirement, world, target, transport)


async def judged(
    case: Case,
    draft: int,
    requirement: str,
    world: World,
    target: TargetFacts,
    transport: str,
) -> Confirmed:
    """Run a case in a draft and look for the failure of one requirement."""
    plan = plan_case(case, draft, transport, target, registry.load())
    if isinstance(plan, NotPlanned):
        return Confirmed(fails=None, cause=plan.reason)
    ran = await run_plan(plan, replace(world, at_once=False))  # as a run hands requests over
    checks = judge(plan, ran.binding, ran.transcript).checks
    own = [each for each in checks if each.requirement == requirement]
    fails = next((each for each in own if each.outcome is Outcome.FAIL), None)
    passed = any(each.outcome in (Outcome.PASS, Outcome.WARN) for each in own)
    cause = "" if fails or passed else _cause(own)
    return Confirmed(fails=fails, cause=cause, plan=plan, ran=ran)


def _cause(checks: list[CheckResult]) -> str:
    causes = (each.cause or str(each.outcome) for each in checks)
    return next(causes, "what it asks for did not come about")
