"""One check: its alternatives over everything it looks at, and what that is worth."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.engine.judge_alternatives import (
    TOLERATED,
    Tried,
    try_alternative,
    words_of_a_pass,
)
from conformance.engine.judge_subjects import looks, lost_answer, nothing_seen, slow_down
from conformance.model.outcome import Ground, Outcome
from conformance.model.protocols import Look, Match, MissingCapture
from conformance.model.requirement import Verdict
from conformance.model.result import CheckResult
from conformance.model.scenario import SubjectKind
from conformance.profiles.rufh import capabilities, registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.engine.judge_context import Context
    from conformance.model.plan import PlannedCheck
    from conformance.model.scenario import Alternative
    from conformance.model.transcript import Exchange

_LOG = logging.getLogger(__name__)
_RANK = {Outcome.NOT_OBSERVED: 0, Outcome.PASS: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A check judged.

    Attributes:
        result: for the report.
        facts: what was seen and is worth telling.
        ends: an alternative was taken under which nothing after this step can be judged.
    """

    result: CheckResult
    facts: tuple[str, ...] = ()
    ends: bool = False


def blank(planned: PlannedCheck, context: Context) -> CheckResult:
    """Return the result of a check that is not judged yet."""
    requirement = planned.check.requirement
    return CheckResult(
        id=planned.id,
        requirement=requirement,
        step=planned.step,
        level=planned.level,
        verdict=str(planned.verdict),
        outcome=Outcome.NOT_OBSERVED,
        provisional=is_provisional(requirement, context),
    )


def is_provisional(requirement: str, context: Context) -> bool:
    """Tell whether a requirement's text could not be read for the draft judged."""
    rows = registry.load()
    return requirement in rows and context.plan.draft in rows.get(requirement).provisional


def judge_check(planned: PlannedCheck, context: Context) -> Judged:
    """Judge one check."""
    base = blank(planned, context)
    kept_out = _kept_out(planned, context)
    if kept_out is not None:
        outcome, cause, ground = kept_out
        return Judged(result=replace(base, outcome=outcome, cause=cause, ground=ground))
    subject = planned.check.subject
    taken = looks(planned.step, subject, context)
    if not taken:
        cause = nothing_seen(subject, context.exchanges(planned.step))
        return Judged(result=replace(base, cause=cause))
    return _worst([_judge_look(planned, base, look, context) for look in taken])


def _kept_out(planned: PlannedCheck, context: Context) -> tuple[Outcome, str, str] | None:
    """Say why a check cannot be judged at all: outcome, cause and ground."""
    binding, step = context.binding, planned.step
    if step in binding.errors:
        return Outcome.ERROR, binding.errors[step], ""
    if step in binding.left_out:
        return _left_out(binding.left_out[step])
    if step in binding.not_run:
        return Outcome.INCONCLUSIVE, binding.not_run[step], ""
    if step in binding.not_due:
        return Outcome.NOT_OBSERVED, binding.not_due[step], ""
    if step not in binding.steps and step not in binding.groups and step not in binding.stored:
        return Outcome.INCONCLUSIVE, f"step {step} was not made", ""
    for need in planned.check.needs:
        if capabilities.of_draft(need):
            if not context.has(need):
                return Outcome.NOT_APPLICABLE, f"the draft has not: {need}", Ground.DECLARED
        elif not capabilities.of_transport(need) and need not in context.plan.target.capabilities:
            return _left_out(need)
    if step in binding.groups and step not in binding.overlapped:
        return Outcome.INCONCLUSIVE, "the exchanges are not proved to have overlapped", ""
    return None


def _left_out(capability: str) -> tuple[Outcome, str, str]:
    """Say that the target does not offer something; what it announces itself was shown."""
    ground = Ground.SHOWN if capability in capabilities.SHOWN else Ground.DECLARED
    known = capabilities.known(capability)
    meaning = f" ({capabilities.meaning(capability)})" if known else ""
    return Outcome.NOT_APPLICABLE, f"needs {capability}{meaning}", ground


def _worst(judged: list[Judged]) -> Judged:
    """Return the worst of several looks of one check, with the facts of all."""
    first = max(judged, key=lambda each: _rank(each.result.outcome))
    facts = dict.fromkeys(fact for each in judged for fact in each.facts)
    return replace(first, facts=tuple(facts), ends=any(each.ends for each in judged))


def _rank(outcome: Outcome) -> int:
    return _RANK.get(outcome, outcome.severity + 1)


def _judge_look(planned: PlannedCheck, base: CheckResult, look: Look, context: Context) -> Judged:
    base = replace(base, evidence=_evidence(look, context))
    try:
        judged = _choose(planned, base, look, context)
    except MissingCapture as missing:
        result = replace(base, outcome=Outcome.INCONCLUSIVE, cause=missing.cause)
        return Judged(result=result)
    except Exception as error:  # a matcher's bug must not end the run
        _LOG.debug("check %s", planned.id, exc_info=True)
        cause = f"the suite failed while judging: {type(error).__name__}: {error}"
        return Judged(result=replace(base, outcome=Outcome.ERROR, cause=cause))
    return _politely(planned, judged, look)


def _evidence(look: Look, context: Context) -> tuple[int, ...]:
    if look.exchange is not None:
        return (look.exchange.id,)
    if look.members:
        return tuple(exchange.id for exchange in look.members.values())
    sent = (each.id for each in context.transcript.exchanges if each.request.handed)
    return tuple(sent)[:8]


def _politely(planned: PlannedCheck, judged: Judged, look: Look) -> Judged:
    """Take back what an answer that asks to slow down proves nothing about."""
    asked = _asks_to_slow_down(look)
    explicit = len(planned.check.alternatives) > 1 or planned.check.subject.status is not None
    passed = judged.result.outcome in (Outcome.PASS, Outcome.WARN)
    if not asked or (passed and explicit):
        return judged
    result = replace(judged.result, outcome=Outcome.INCONCLUSIVE, cause=asked)
    return Judged(result=result)


def _asks_to_slow_down(look: Look) -> str:
    if look.message is not None and look.message.status < 200:
        return ""
    exchanges: Iterable[Exchange] = look.members.values()
    if look.exchange is not None:
        exchanges = (look.exchange,)
    return next((told for told in map(slow_down, exchanges) if told), "")


def _choose(planned: PlannedCheck, base: CheckResult, look: Look, context: Context) -> Judged:
    """Let the first alternative that holds decide; without one it is a violation."""
    tried: list[Tried] = []
    lost = _lost(planned, look)
    for alternative in planned.check.alternatives:
        found = try_alternative(alternative, look, context, lost)
        if found.match.holds:
            accepted = _accept(planned, base, alternative, found.match, context)
            if accepted.result.outcome is not Outcome.WARN:
                return accepted
            expected = (
                words_of_a_pass(planned.check.alternatives, look, context, lost)
                or found.match.expected
            )
            return replace(accepted, result=replace(accepted.result, expected=expected))
        tried.append(found)
    expected = " or ".join(dict.fromkeys(each.match.expected for each in tried))
    observed = "; ".join(dict.fromkeys(each.match.observed for each in tried))
    base = replace(base, expected=expected, observed=observed)
    if any(each.not_due for each in tried):
        return Judged(result=replace(base, cause=observed))
    unsure = next((each.match.observed for each in tried if each.match.holds is None), None)
    if unsure is not None:
        return Judged(result=replace(base, outcome=Outcome.INCONCLUSIVE, cause=unsure))
    return _violation(planned, base)


def _lost(planned: PlannedCheck, look: Look) -> tuple[bool | None, str] | None:
    """Judge a missing final response, where the check looks at the exchange as a whole."""
    exchange = look.exchange
    whole = planned.check.subject.kind is SubjectKind.EXCHANGE
    if not whole or exchange is None or exchange.final is not None:
        return None
    return lost_answer(exchange)


def _accept(
    planned: PlannedCheck, base: CheckResult, taken: Alternative, match: Match, context: Context
) -> Judged:
    result = replace(
        base,
        outcome=Outcome.PASS,
        expected=match.expected,
        observed=match.observed,
        variant=taken.fact,
    )
    facts = (f"{planned.check.requirement}: {taken.fact}",) if taken.fact else ()
    ends = taken.ends == "scenario"
    if taken.verdict != TOLERATED:
        return Judged(result=result, facts=facts, ends=ends)
    cited = taken.cites or planned.check.requirement
    row, draft = registry.load().get(cited), context.plan.draft
    if row.verdicts[draft].strength >= Verdict.WARN.strength:
        result = replace(
            result,
            outcome=Outcome.WARN,
            requirement=cited,
            level=str(row.levels[draft]),
            verdict=str(Verdict.WARN),
            variant=taken.fact or match.expected,
            provisional=is_provisional(cited, context),
        )
        return Judged(result=result, facts=facts, ends=ends)
    facts = facts or (f"{cited}: {match.observed}",)
    return Judged(result=result, facts=facts, ends=ends)


def _violation(planned: PlannedCheck, base: CheckResult) -> Judged:
    match planned.verdict:
        case Verdict.FAIL:
            return Judged(result=replace(base, outcome=Outcome.FAIL))
        case Verdict.WARN:
            return Judged(result=replace(base, outcome=Outcome.WARN))
        case _:
            told = f"{base.requirement}: expected {base.expected}, observed {base.observed}"
            return Judged(result=replace(base, outcome=Outcome.PASS), facts=(told,))
