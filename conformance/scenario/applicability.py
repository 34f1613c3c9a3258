"""What of a case applies: to a draft, over a transport, to a target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from conformance.model.exchange import Framing
from conformance.model.scenario import (
    Case,
    ExchangeStep,
    ReadBackStep,
    RestartStep,
    ResumeStep,
    Step,
    TogetherStep,
    Verb,
)
from conformance.profiles.rufh import capabilities
from conformance.profiles.rufh.verbs import completing
from conformance.scenario.references import steps_in
from conformance.scenario.transports import transports_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.model.plan import TargetFacts
    from conformance.profiles.rufh.drafts import Draft

#: capability a kind of step needs of the target by itself
_NEEDED_BY_KIND: Final = {ReadBackStep: "read-back", RestartStep: "restart"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPlanned:
    """Why a case is not run against a target in a draft.

    Attributes:
        reason: plain words.
        capability: what is missing; empty where nothing is.
        by_target: the target lacks it.
        by_transport: the transport lacks it; that is no outcome, as another one has it.
    """

    reason: str
    capability: str = ""
    by_target: bool = False
    by_transport: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What decides whether a capability is there."""

    draft: Draft
    transport: str
    target: TargetFacts

    def missing(self, needs: tuple[str, ...]) -> str:
        """Return the first capability that is not there; empty if none is missing."""
        return next((name for name in needs if not self._has(name)), "")

    def _has(self, name: str) -> bool:
        if capabilities.of_draft(name):
            return self.draft.has(name)
        if capabilities.of_transport(name):
            return name == self.transport
        return name in self.target.capabilities


def not_planned(missing: str, ground: Ground) -> NotPlanned:
    """Say who lacks a capability that is missing."""
    by_transport = capabilities.of_transport(missing)
    by_target = not by_transport and not capabilities.of_draft(missing)
    who = "the target" if by_target else f"draft {ground.draft.number}"
    return NotPlanned(
        reason=f"{ground.transport if by_transport else who} lacks {missing} "
        f"({capabilities.meaning(missing)})",
        capability=missing,
        by_target=by_target,
        by_transport=by_transport,
    )


def silently(missing: str) -> bool:
    """Tell whether checks go without a word where a capability is missing."""
    return capabilities.of_draft(missing) or capabilities.of_transport(missing)


def flat(step: Step) -> tuple[Step, ...]:
    """Return a step behind its members, if it has any."""
    return (*step.steps, step) if isinstance(step, TogetherStep) else (step,)


def leave_out(case: Case, ground: Ground) -> dict[str, str]:
    """Map each step that does not apply to the capability that is missing."""
    left_out: dict[str, str] = {}
    for step in case.steps:
        members = step.steps if isinstance(step, TogetherStep) else ()
        missing = _step_missing(step, ground, left_out)
        for each in members:
            found = missing or _step_missing(each, ground, left_out)
            if found:
                left_out[each.name] = missing = found
        if missing:
            left_out[step.name] = missing
            left_out.update({each.name: missing for each in members})
    return left_out


def _step_missing(step: Step, ground: Ground, left_out: Mapping[str, str]) -> str:
    by_kind = _NEEDED_BY_KIND.get(type(step), "")
    needs = (*getattr(step, "needs", ()), *((by_kind,) if by_kind else ()))
    missing = ground.missing((*needs, *_needed_by_length(step, ground), *transports_of(step)))
    if missing:
        return missing
    if not left_out:
        return ""
    return next((left_out[name] for name in _builds_on(step) if name in left_out), "")


def _needed_by_length(step: Step, ground: Ground) -> tuple[str, ...]:
    """Return what a creation needs that leaves its length open though the draft can tell it."""
    if not isinstance(step, ExchangeStep) or step.verb is not Verb.CREATE:
        return ()
    framed = completing(step) and step.framing is not Framing.CHUNKED
    told = step.length is not None or framed or not ground.draft.has("upload-length")
    return () if told else ("length-optional",)


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
