"""From a case to a plan: draft, transport and target fixed, every default filled in.

What cannot be run is left out with the capability that is missing: a whole scenario as
:class:`NotPlanned`, a step (with everything that builds on it) in ``Plan.left_out``. A capability
the *draft* lacks takes the checks along in silence, because the text asks for nothing; one the
*target* lacks leaves them in the plan, so that a report can say that they do not apply.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
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
    ReadBackStep,
    RestartStep,
    ResumeStep,
    Scenario,
    Step,
    TogetherStep,
)
from conformance.profiles.rufh import capabilities
from conformance.profiles.rufh.drafts import DRAFTS, Draft
from conformance.profiles.rufh.verbs import plan_exchange
from conformance.scenario.references import steps_in
from conformance.scenario.scaling import TooSmall, fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.profiles.rufh.registry import Registry

#: capability a kind of step needs of the target by itself
_NEEDED_BY_KIND: Final = {ReadBackStep: "read-back", RestartStep: "restart"}
_MARKS: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPlanned:
    """Why a case is not run against a target in a draft.

    Attributes:
        reason: plain words.
        capability: what is missing; empty where nothing is.
        by_target: the target lacks it, rather than the draft.
    """

    reason: str
    capability: str = ""
    by_target: bool = False


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
    missing = _missing(case.scenario.needs, draft, target)
    if missing:
        return _not_planned(missing, draft)
    try:
        fitted, size = fit(case, target.limits, len(target.prefix) + len(target.suffix))
    except TooSmall:
        limit = target.limits["max-size"]
        return NotPlanned(reason=f"the target takes no more than {limit} octets", by_target=True)
    left_out = _left_out(fitted, draft, target)
    checks = tuple(_checks(fitted, draft, transport, registry, left_out))
    if not checks:
        return NotPlanned(reason=f"draft {draft.number} asks for nothing checked here")
    if all(_silent(each, draft, target, left_out) for each in checks):
        return _not_planned(_first_missing(checks, draft, target, left_out), draft)
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


def _missing(needs: tuple[str, ...], draft: Draft, target: TargetFacts) -> str:
    """Return the first capability that draft or target lacks; empty if none."""
    for name in needs:
        had = draft.has(name) if capabilities.of_draft(name) else name in target.capabilities
        if not had:
            return name
    return ""


def _not_planned(missing: str, draft: Draft) -> NotPlanned:
    by_target = not capabilities.of_draft(missing)
    who = "the target" if by_target else f"draft {draft.number}"
    return NotPlanned(
        reason=f"{who} lacks {missing} ({capabilities.meaning(missing)})",
        capability=missing,
        by_target=by_target,
    )


def _left_out(case: Case, draft: Draft, target: TargetFacts) -> dict[str, str]:
    """Map each step that does not apply to the capability that is missing."""
    left_out: dict[str, str] = {}
    for step in case.steps:
        members = step.steps if isinstance(step, TogetherStep) else ()
        missing = _step_missing(step, draft, target, left_out)
        for each in members:
            found = missing or _step_missing(each, draft, target, left_out)
            if found:
                left_out[each.name] = missing = found
        if missing:
            left_out[step.name] = missing
            left_out.update({each.name: missing for each in members})
    return left_out


def _step_missing(
    step: Step, draft: Draft, target: TargetFacts, left_out: Mapping[str, str]
) -> str:
    by_kind = _NEEDED_BY_KIND.get(type(step), "")
    needs = (*getattr(step, "needs", ()), *((by_kind,) if by_kind else ()))
    missing = _missing(needs, draft, target)
    if missing:
        return missing
    return next((left_out[name] for name in _builds_on(step) if name in left_out), "")


def _builds_on(step: Step) -> Iterator[str]:
    """Yield the steps without which this one cannot be made."""
    match step:
        case ExchangeStep():
            yield from (step.of, step.over or "", step.repeat_of, step.after, *step.given)
            yield from steps_in(replace(step, expect=()))
        case ResumeStep():
            yield from (step.exchange, *step.given)
            yield from steps_in(replace(step, expect=()))
        case ReadBackStep():
            yield from (step.of, *step.given)
        case _:
            return


def _checks(
    case: Case,
    draft: Draft,
    transport: str,
    registry: Registry,
    left_out: Mapping[str, str],
) -> Iterator[PlannedCheck]:
    for step in case.steps:
        members = step.steps if isinstance(step, TogetherStep) else ()
        for each in (*members, step):
            missing = left_out.get(each.name, "")
            if missing and capabilities.of_draft(missing):
                continue
            for check in getattr(each, "expect", ()):
                planned = _check(case, each.name, check, draft, transport, registry)
                if planned is not None and not _lost(check, left_out):
                    yield planned


def _lost(check: Check, left_out: Mapping[str, str]) -> bool:
    """Tell whether a check compares with a step that the draft or the target left out."""
    return any(name in left_out for name in steps_in(check.alternatives))


def _check(
    case: Case,
    step: str,
    check: Check,
    draft: Draft,
    transport: str,
    registry: Registry,
) -> PlannedCheck | None:
    verdict = registry.verdict(check.requirement, draft.number)
    lacking = any(capabilities.of_draft(name) and not draft.has(name) for name in check.needs)
    if verdict is Verdict.SKIP or lacking:
        return None
    name = f"{check.requirement}.{check.label}" if check.label else check.requirement
    return PlannedCheck(
        id=f"{case.id}/{step}/{name}/{draft.number}/{transport}",
        check=check,
        step=step,
        verdict=verdict,
        level=registry.get(check.requirement).levels[draft.number],
    )


def _silent(
    check: PlannedCheck, draft: Draft, target: TargetFacts, left_out: Mapping[str, str]
) -> bool:
    """Tell whether a check would only say that it does not apply to the target."""
    return check.step in left_out or bool(_missing(check.check.needs, draft, target))


def _first_missing(
    checks: tuple[PlannedCheck, ...],
    draft: Draft,
    target: TargetFacts,
    left_out: Mapping[str, str],
) -> str:
    first = checks[0]
    return left_out.get(first.step) or _missing(first.check.needs, draft, target)


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
