"""From a case to a plan: draft, transport and target fixed, every default filled in.

What cannot be run is left out with the capability that is missing: a whole scenario as
:class:`NotPlanned`, a step (with everything that builds on it) in ``Plan.left_out``. A capability
the *draft* lacks takes the checks along in silence, because the text asks for nothing; one the
*target* lacks leaves them in the plan, so that a report can say that they do not apply. What
the *transport* does not have goes in silence too: the same scenario is told over the other one.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

from conformance.model.content import Content
from conformance.model.plan import (
    Plan,
    PlannedCheck,
    PlannedExchange,
    PlannedResume,
    PlannedStep,
    PlannedTogether,
    TargetFacts,
)
from conformance.model.requirement import Verdict
from conformance.model.scenario import (
    Case,
    Check,
    ContentKind,
    ExchangeStep,
    ResumeStep,
    Scenario,
    Step,
    TogetherStep,
)
from conformance.profiles.rufh import capabilities
from conformance.profiles.rufh.drafts import DRAFTS, Draft
from conformance.profiles.rufh.verbs import plan_exchange
from conformance.scenario.applicability import (
    Ground,
    NotPlanned,
    flat,
    leave_out,
    not_planned,
    silently,
)
from conformance.scenario.references import steps_in
from conformance.scenario.scaling import TooSmall, fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.profiles.rufh.registry import Registry

__all__ = ["NotPlanned", "build_content", "plan_case"]

#: marks of requests that can be told apart
_MARKS: Final = 255


def plan_case(
    case: Case, draft_number: int, transport: str, target: TargetFacts, registry: Registry
) -> Plan | NotPlanned:
    """Plan one run of a case.

    Args:
        case: what the file says.
        draft_number: the draft spoken and judged.
        transport: ``h1`` or ``h2``; part of the ids of plan and checks.
        target: facts of the target.
        registry: levels and verdicts of requirements.
    """
    draft = DRAFTS[draft_number]
    ground = Ground(draft=draft, transport=transport, target=target)
    missing = ground.missing(case.scenario.needs)
    if missing:
        return not_planned(missing, ground)
    try:
        fitted, size = fit(case, target.limits, len(target.prefix) + len(target.suffix))
    except TooSmall:
        limit = target.limits["max-size"]
        return NotPlanned(reason=f"the target takes no more than {limit} octets", by_target=True)
    left_out = leave_out(fitted, ground)
    checks = tuple(_checks(fitted, ground, registry, left_out))
    if not checks:
        return _nothing_checked(fitted, ground, left_out)
    if all(_silent(each, ground, left_out) for each in checks):
        return not_planned(_first_missing(checks, ground, left_out), ground)
    return Plan(
        id=f"{case.id}/{draft.number}/{transport}",
        case=fitted,
        profile=case.scenario.id.partition("/")[0],
        draft=draft.number,
        transport=transport,
        target=target,
        content=build_content(case.scenario, size, target),
        steps=tuple(_steps(fitted, draft, target, left_out)),
        checks=checks,
        left_out=left_out,
    )


def build_content(scenario: Scenario, size: int, target: TargetFacts | None = None) -> Content:
    """Make the representation data of a scenario.

    Args:
        scenario: says where it comes from.
        size: octets of generated content, adapted to the target.
        target: gives literal octets around generated content.
    """
    seed = scenario.seed or scenario.id
    match scenario.content.kind:
        case ContentKind.TEXT:
            literal = scenario.content.text.encode()
            return Content(seed=seed, size=len(literal), literal=literal)
        case ContentKind.GZIP:
            plain = Content(seed=seed, size=size).slice(0, size)
            coded = gzip.compress(plain, mtime=0)
            return Content(seed=seed, size=len(coded), literal=coded)
    prefix, suffix = (target.prefix, target.suffix) if target is not None else (b"", b"")
    return Content(seed=seed, size=size, prefix=prefix, suffix=suffix)


def _nothing_checked(case: Case, ground: Ground, left_out: Mapping[str, str]) -> NotPlanned:
    """Say why no check is left: the transport if it took steps or checks along, else the draft."""
    needs = (need for step in case.steps for each in flat(step) for need in _all_needs(each))
    lost = {name for name in (*left_out.values(), *needs) if capabilities.of_transport(name)}
    if lost - {ground.transport}:
        return not_planned(min(lost - {ground.transport}), ground)
    return NotPlanned(reason=f"draft {ground.draft.number} asks for nothing checked here")


def _all_needs(step: Step) -> Iterator[str]:
    for check in getattr(step, "expect", ()):
        yield from check.needs


def _checks(
    case: Case, ground: Ground, registry: Registry, left_out: Mapping[str, str]
) -> Iterator[PlannedCheck]:
    for step in case.steps:
        for each in flat(step):
            missing = left_out.get(each.name, "")
            if missing and silently(missing):
                continue
            for check in getattr(each, "expect", ()):
                planned = _check(case, each.name, check, ground, registry)
                if planned is not None and not _lost(check, left_out):
                    yield planned


def _lost(check: Check, left_out: Mapping[str, str]) -> bool:
    """Tell whether a check compares with a step that is left out."""
    return bool(left_out) and any(name in left_out for name in steps_in(check.alternatives))


def _check(
    case: Case, step: str, check: Check, ground: Ground, registry: Registry
) -> PlannedCheck | None:
    draft = ground.draft
    verdict = registry.verdict(check.requirement, draft.number)
    if verdict is Verdict.SKIP or ground.missing(tuple(filter(silently, check.needs))):
        return None
    name = f"{check.requirement}.{check.label}" if check.label else check.requirement
    return PlannedCheck(
        id=f"{case.id}/{step}/{name}/{draft.number}/{ground.transport}",
        check=check,
        step=step,
        verdict=verdict,
        level=registry.get(check.requirement).levels[draft.number],
    )


def _silent(check: PlannedCheck, ground: Ground, left_out: Mapping[str, str]) -> bool:
    """Tell whether a check would only say that it does not apply to the target."""
    return check.step in left_out or bool(ground.missing(check.check.needs))


def _first_missing(
    checks: tuple[PlannedCheck, ...], ground: Ground, left_out: Mapping[str, str]
) -> str:
    first = checks[0]
    return left_out.get(first.step) or ground.missing(first.check.needs)


def _steps(
    case: Case, draft: Draft, target: TargetFacts, left_out: Mapping[str, str]
) -> Iterator[PlannedStep]:
    planned: dict[str, PlannedExchange] = {}
    marked = case.scenario.mark_requests

    def exchange(step: ExchangeStep) -> PlannedExchange:
        mark = len(planned) % _MARKS + 1 if marked else 0
        made = plan_exchange(step, draft, target, planned, mark)
        planned[step.name] = made
        return made

    for step in case.steps:
        if step.name in left_out:
            continue
        match step:
            case ExchangeStep():
                yield exchange(step)
            case ResumeStep():
                yield PlannedResume(step=step, exchange=planned[step.exchange])
            case TogetherStep():
                made = tuple(exchange(each) for each in step.steps)
                yield PlannedTogether(
                    name=step.name, release=step.release, over=step.over, exchanges=made
                )
            case _:
                yield step
