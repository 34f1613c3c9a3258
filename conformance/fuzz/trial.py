"""A trial: a flat list of typed steps with its content and draft, ready to be played or written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.model.plan import (
    Plan,
    PlannedExchange,
    PlannedResume,
    PlannedStep,
    PlannedTogether,
    TargetFacts,
)
from conformance.model.scenario import (
    Case,
    ContentSpec,
    ExchangeStep,
    ReadBackStep,
    ResumeStep,
    Scenario,
    TogetherStep,
)
from conformance.model.values import Octets, Range, Ref, Size
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.profiles.rufh.verbs import plan_exchange
from conformance.scenario.planner import build_content

if TYPE_CHECKING:
    from collections.abc import Iterator

#: steps the fuzzer makes
FuzzStep: TypeAlias = ExchangeStep | ResumeStep | TogetherStep | ReadBackStep

ID: Final = "rufh/fuzz/found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One list of steps against one upload target.

    Attributes:
        draft: the draft spoken.
        content: the representation data; small, and never adapted to the target.
        seed: decides generated content.
        steps: in order; each names the connection it goes on with.
        origin: which number it had in which search, for people.
    """

    draft: int
    content: ContentSpec
    seed: str
    steps: tuple[FuzzStep, ...]
    origin: str = ""


def octets(count: int) -> Size:
    """Return a fixed size."""
    return Size(((1, Octets(count)),))


def told_by(step: str, attribute: str = "Upload-Offset", plus: int = 0) -> Size:
    """Return a size that is known when a step has run, plus some octets."""
    terms: tuple[tuple[int, Octets | Ref], ...] = ((1, Ref(step, attribute)),)
    return Size(terms + (((1, Octets(plus)),) if plus else ()))


def span(start: Size, count: int) -> Range:
    """Return so many octets of content from a position on."""
    (sign, last), *_ = reversed(start.terms)
    if isinstance(last, Octets) and sign > 0:
        return Range(start, Size((*start.terms[:-1], (1, Octets(last.count + count)))))
    return Range(start, Size((*start.terms, (1, Octets(count)))))


def scenario_head(trial: Trial, title: str = "Found by the fuzzer", why: str = "") -> Scenario:
    """Return the scenario of a trial without its steps."""
    return Scenario(
        id=ID,
        title=title,
        why=why,
        content=replace(trial.content, fixed=True),
        seed=trial.seed,
    )


def members(step: FuzzStep) -> tuple[ExchangeStep, ...]:
    """Return the exchange steps in a step: itself, its members, or none."""
    if isinstance(step, TogetherStep):
        return step.steps
    return (step,) if isinstance(step, ExchangeStep) else ()


def plan_trial(trial: Trial, transport: str, target: TargetFacts) -> Plan:
    """Fill in every default of a trial; nothing is judged by the plan itself.

    Args:
        trial: what to play.
        transport: ``h1`` or ``h2``.
        target: facts of the target.
    """
    scenario = scenario_head(trial)
    return Plan(
        id=f"{ID}/{trial.draft}/{transport}",
        case=Case(scenario=scenario, name="", steps=trial.steps),
        profile="rufh",
        draft=trial.draft,
        transport=transport,
        target=target,
        content=build_content(scenario, trial.content.size, target),
        steps=tuple(_planned(trial, target)),
        checks=(),
    )


def _planned(trial: Trial, target: TargetFacts) -> Iterator[PlannedStep]:
    draft = DRAFTS[trial.draft]
    known: dict[str, PlannedExchange] = {}
    for step in trial.steps:
        for each in members(step):
            known[each.name] = plan_exchange(each, draft, target, known)
        match step:
            case ExchangeStep():
                yield known[step.name]
            case ResumeStep():
                yield PlannedResume(step=step, exchange=known[step.exchange])
            case TogetherStep():
                made = tuple(known[each.name] for each in step.steps)
                yield PlannedTogether(
                    name=step.name, release=step.release, over=step.over, exchanges=made
                )
            case ReadBackStep():
                yield step
