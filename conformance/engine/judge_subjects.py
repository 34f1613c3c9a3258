"""What a check looks at: the messages its ``on:`` names, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.model.protocols import Look
from conformance.model.scenario import SubjectKind
from conformance.model.transcript import End
from conformance.syntax.problem import read_problem
from conformance.syntax.wording import answer, ending

if TYPE_CHECKING:
    from conformance.engine.judge_context import Context
    from conformance.model.scenario import Subject
    from conformance.model.transcript import Exchange, Message

_INTERIMS = (
    SubjectKind.FIRST_INTERIM,
    SubjectKind.LATER_INTERIM,
    SubjectKind.EVERY_INTERIM,
    SubjectKind.LAST_INTERIM,
)


def looks(step: str, subject: Subject, context: Context) -> list[Look]:
    """Return every look a check takes; empty if there is nothing to look at."""
    stored = context.stored(step)
    if stored is not None:
        return [Look(step=step, stored=stored)]
    if step in context.binding.groups:
        return [Look(step=step, members=_members(step, context))]
    exchanges = context.exchanges(step)
    found: list[Look] = []
    for exchange in exchanges:
        if subject.kind is SubjectKind.EXCHANGE:
            found.append(Look(step=step, exchanges=exchanges, exchange=exchange))
            continue
        found.extend(
            Look(step=step, exchanges=exchanges, exchange=exchange, message=message)
            for message in messages(subject, exchange)
        )
    return found


def _members(step: str, context: Context) -> dict[str, Exchange]:
    pairs = ((name, context.exchange(name)) for name in context.binding.groups[step])
    return {name: exchange for name, exchange in pairs if exchange is not None}


def messages(subject: Subject, exchange: Exchange) -> tuple[Message, ...]:
    """Return the messages of an exchange that a subject names."""
    final = (exchange.final,) if exchange.final is not None else ()
    if subject.kind in _INTERIMS:
        return _interims(subject, exchange)
    if subject.kind is SubjectKind.EVERY_RESPONSE:
        return (*exchange.interims, *final)
    if subject.kind is SubjectKind.PROBLEM:
        return tuple(each for each in final if _is_problem(each, subject.problem))
    return tuple(each for each in final if subject.status is None or each.status in subject.status)


def _interims(subject: Subject, exchange: Exchange) -> tuple[Message, ...]:
    fitting = tuple(
        each
        for each in exchange.interims
        if subject.status is None or each.status in subject.status
    )
    match subject.kind:
        case SubjectKind.FIRST_INTERIM:
            return fitting[:1]
        case SubjectKind.LATER_INTERIM:
            return fitting[1:]
        case SubjectKind.LAST_INTERIM:
            return fitting[-1:]
        case _:
            return fitting


def _is_problem(message: Message, name: str) -> bool:
    problem = read_problem(message)
    return problem is not None and problem.name == name


def subject_words(subject: Subject) -> str:
    """Name what is missing: ``no final response 409``."""
    status = f" {subject.status}" if subject.status is not None else ""
    match subject.kind:
        case SubjectKind.FINAL:
            return f"no final response{status}"
        case SubjectKind.PROBLEM:
            return f"no problem {subject.problem}"
        case SubjectKind.LATER_INTERIM:
            return f"no second interim response{status}"
        case SubjectKind.EVERY_RESPONSE:
            return "no response"
        case SubjectKind.EXCHANGE:
            return "no exchange"
        case _:
            return f"no interim response{status}"


def nothing_seen(subject: Subject, exchanges: tuple[Exchange, ...]) -> str:
    """Say why a subject is missing."""
    came = "; ".join(dict.fromkeys(answer(exchange) for exchange in exchanges))
    return f"there was {subject_words(subject)}" + (f": {came}" if came else "")


def lost_answer(exchange: Exchange) -> tuple[bool | None, str]:
    """Judge an exchange without a final response for a check that demands an answer.

    Returns:
        False if the target owes the answer; None if it cannot be told; True if no answer was due.
        And the words for it.
    """
    request, told = exchange.request, f"no final response: {ending(exchange)}"
    if exchange.end in (End.CUT, End.OPEN):
        return True, told
    if exchange.end is End.REFUSED:
        return None, told
    if exchange.end in (End.MALFORMED, End.BOUND):
        return False, told
    if exchange.end is End.DEADLINE:
        return not request.complete, told
    if not request.complete:
        return None, f"{told}, before the request was complete"
    if exchange.end is End.RESET and request.handed:
        return None, f"{told}; a reset may have destroyed the answer on its way"
    return False, told


def slow_down(exchange: Exchange) -> str:
    """Say that the target asks to slow down (RFC 6585 section 4, RFC 9110 section 15.6.4)."""
    final = exchange.final
    if final is None:
        return ""
    if final.status == 429 or (final.status == 503 and final.values("Retry-After")):
        return f"the target asks to slow down ({answer(exchange)})"
    return ""
