"""Which responses may tell where a target stored an upload, and in which order they are asked.

What became of an upload is told by the response that finished it: the last success in answer to
octets of it that were to complete it, or that told it complete. Where that one is silent, the other
successes about the upload are asked, the latest first. A refusal tells nothing of what was stored,
whether it came before or after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.engine.dependencies import concerned_with
from conformance.engine.lanes import CannotRun, NotDue
from conformance.engine.uploads import complete_told, succeeded
from conformance.profiles.rufh.drafts import DRAFTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.engine.dependencies import Concerned
    from conformance.engine.knowledge import Knowledge
    from conformance.model.plan import Plan
    from conformance.model.scenario import ReadBackStep
    from conformance.model.transcript import Exchange


def told_by(step: ReadBackStep, plan: Plan, known: Knowledge) -> tuple[Exchange, ...]:
    """Return the exchanges that may tell where an upload is stored, the best teller first.

    Raises:
        NotDue: no request completed the upload, and a target need not store such a one.
        CannotRun: the request that was to complete it had no answer.
    """
    groups = concerned_with(step.of, plan.steps, step.name)
    answered = [(each, _success(each, known)) for group in groups for each in group]
    successes = [(each, done) for each, done in answered if done is not None]
    finished = [done for each, done in successes if _finished(each, done, plan)]
    if not finished and not step.given:
        _require_finished(groups, known)
    others = [done for _, done in successes]
    return tuple({done.id: done for done in (*reversed(finished), *reversed(others))}.values())


def require_answers(known: Knowledge, steps: Iterable[str]) -> None:
    """Make sure that steps were answered with success.

    Raises:
        CannotRun: one had no answer.
        NotDue: one was answered otherwise.
    """
    for name in steps:
        exchange = known.exchange_of(name)
        final = exchange.final if exchange is not None else None
        if final is None:
            raise CannotRun(f"step {name} had no answer")
        if not succeeded(final):
            raise NotDue(f"step {name} was answered {final.status}")


def _success(each: Concerned, known: Knowledge) -> Exchange | None:
    exchange = known.exchange_of(each.name)
    final = exchange.final if exchange is not None else None
    return exchange if final is not None and succeeded(final) else None


def _finished(each: Concerned, exchange: Exchange, plan: Plan) -> bool:
    if each.finishes:
        return True
    final = exchange.final
    return each.carries and final is not None and complete_told(final, DRAFTS[plan.draft]) is True


def _require_finished(groups: tuple[tuple[Concerned, ...], ...], known: Knowledge) -> None:
    """Say what became of those that were to complete an upload at last, if any were."""
    meant = [tuple(each.name for each in group if each.finishes) for group in groups]
    last = next((names for names in reversed(meant) if names), ())
    if len(last) > 1:
        raise NotDue(f"none of {' and '.join(last)} completed the upload")
    require_answers(known, last)
