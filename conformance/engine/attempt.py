"""One case from its plan to its result: run, judge, back off, look twice."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.engine.judge import judge
from conformance.engine.render import render
from conformance.engine.repeat import confirm, merge
from conformance.engine.results import case_result
from conformance.engine.runner import Ran, run_plan
from conformance.engine.schedule import StopRun
from conformance.engine.world import BoundReached, World
from conformance.model.outcome import Outcome, worst
from conformance.model.transcript import End

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.engine.liveness import Liveness
    from conformance.engine.redact import Redactor
    from conformance.model.plan import Binding, Plan
    from conformance.model.result import CaseResult, CheckResult, ExchangeText
    from conformance.model.transcript import Exchange, Transcript

_LONGEST_BACK_OFF = 5.0
_BACK_OFF = 1.0
_LOST_PAUSE = 0.2
_ASKS_TO_SLOW_DOWN = frozenset({429, 503})
_PLAIN = frozenset({Outcome.PASS, Outcome.NOT_OBSERVED, Outcome.NOT_APPLICABLE, Outcome.SKIPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCase:
    """A plan with everything needed to run it.

    Attributes:
        plan: what to do.
        again: makes the same plan with a fresh creation URL, for a further run.
        world: shared by all plans against the same target.
        redactor: removes secrets from everything told.
        liveness: shared by all plans against the same target.
        alone: it takes the target down for others, so nothing else may run meanwhile.
    """

    plan: Plan
    again: Callable[[], Plan]
    world: World
    redactor: Redactor
    liveness: Liveness
    alone: bool = False

    @property
    def id(self) -> str:
        """Return the case's id in results."""
        return self.plan.id


async def run_case(prepared: PreparedCase) -> CaseResult:
    """Run a case as often as it takes to be sure of its result.

    A race runs as often as its scenario says; a fail is repeated once on fresh connections.

    Raises:
        StopRun: the user's bound on requests or octets is reached, or the target has died.
    """
    times = prepared.plan.case.scenario.repeat
    if times > 1:
        return merge([await _attempt(prepared, number > 0) for number in range(times)])
    first = await _attempt(prepared, later=False)
    if any(check.outcome is Outcome.FAIL for check in first.checks):
        return confirm(first, await _attempt(prepared, later=True))
    return first


async def _attempt(prepared: PreparedCase, later: bool) -> CaseResult:
    """Run once; once more if the target asks to slow down or a set-up was lost."""
    plan = prepared.again() if later else prepared.plan
    ran, result = await _once(plan, prepared)
    if ran is None:
        return result
    dead = prepared.liveness.saw(ran.transcript)
    if dead:
        raise StopRun(prepared.redactor.text(dead))
    pause = back_off(ran.transcript)
    if pause is None and set_up_lost(ran.binding, ran.transcript):
        pause = _LOST_PAUSE
    if pause is None or pause > _LONGEST_BACK_OFF:
        return result
    await asyncio.sleep(pause)
    _, result = await _once(prepared.again(), prepared)
    return result


async def _once(plan: Plan, prepared: PreparedCase) -> tuple[Ran | None, CaseResult]:
    began, redact = time.monotonic(), prepared.redactor.text
    try:
        ran = await run_plan(plan, prepared.world)
        judgement = judge(plan, ran.binding, ran.transcript)
    except BoundReached as bound:
        raise StopRun(f"the bound of {bound.what} is reached") from None
    except Exception as error:
        cause = redact(f"an error of the suite: {type(error).__name__}: {error}")
        return None, replace(_bare(plan, Outcome.ERROR, cause[:500]), seconds=_since(began))
    checks, held = _told(judgement.checks, prepared.redactor)
    plain = all(check.outcome in _PLAIN for check in checks)
    return ran, replace(
        _bare(plan, worst(check.outcome for check in checks), redact(_cause(checks))),
        checks=checks,
        exchanges=() if plain else _rendered(ran, prepared.redactor),
        facts=tuple(redact(fact) for fact in judgement.facts),
        seconds=_since(began),
        requests=ran.requests,
        octets=ran.octets,
        leftovers=ran.leftovers,
        held=held,
    )


def _told(
    checks: tuple[CheckResult, ...], redactor: Redactor
) -> tuple[tuple[CheckResult, ...], tuple[str, ...]]:
    """Return the checks a result tells, and the standing rules that held.

    A pass is told without its values: they (names of uploads, offsets after a cut) differ from run
    to run, and two runs with the same seed shall be the same.
    """
    told: list[CheckResult] = []
    held: list[str] = []
    for check in checks:
        if check.outcome is not Outcome.PASS:
            told.append(redactor.check(check))
        elif check.step:
            told.append(replace(check, expected="", observed="", evidence=()))
        else:
            held.append(check.requirement)
    return tuple(told), tuple(held)


def _bare(plan: Plan, outcome: Outcome, cause: str) -> CaseResult:
    return case_result(plan.case, plan.draft, plan.transport, outcome, cause)


def _since(began: float) -> float:
    return round(time.monotonic() - began, 4)


def _cause(checks: tuple[CheckResult, ...]) -> str:
    """Return why the case could not be judged; empty if it was, or was at least found wanting."""
    outcome = worst(check.outcome for check in checks)
    if outcome in {Outcome.PASS, Outcome.WARN, Outcome.FAIL}:
        return ""
    return next((check.cause for check in checks if check.outcome is outcome and check.cause), "")


def _rendered(ran: Ran, redactor: Redactor) -> tuple[ExchangeText, ...]:
    names = {
        number: name for name, bound in ran.binding.steps.items() for number in bound.exchanges
    }
    return tuple(
        redactor.exchange(
            render(
                exchange,
                names.get(exchange.id, ""),
                ran.transcript.connection(exchange.connection),
            )
        )
        for exchange in ran.transcript.exchanges
    )


def back_off(transcript: Transcript) -> float | None:
    """Return how many seconds the target asks to wait; None if it does not."""
    pauses = (_asked(each) for each in transcript.exchanges)
    return max((pause for pause in pauses if pause is not None), default=None)


def _asked(exchange: Exchange) -> float | None:
    final = exchange.final
    if final is None or final.status not in _ASKS_TO_SLOW_DOWN:
        return None
    value = final.value("Retry-After")
    if value is None:
        return _BACK_OFF if final.status == 429 else None
    return float(value) if value.isdigit() and len(value) < 10 else _BACK_OFF


def set_up_lost(binding: Binding, transcript: Transcript) -> bool:
    """Tell whether the case broke off before its point, so that another run may get there.

    A target that let a deadline pass is not made to wait for once more.
    """
    if any(each.end is End.DEADLINE for each in transcript.exchanges):
        return False
    refused = any(each.end is End.REFUSED for each in transcript.exchanges)
    return refused or any(cause.startswith("set-up step") for cause in binding.not_run.values())
