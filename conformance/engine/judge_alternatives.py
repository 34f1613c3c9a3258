"""One alternative of a check: whether its matchers hold, and its words."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.matchers import matcher
from conformance.model.protocols import Look, Match, MissingCapture

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.engine.judge_context import Context
    from conformance.model.scenario import Alternative, Matcher

    #: a missing final response, judged (see ``judge_subjects.lost_answer``); None if there is one
    Lost = tuple[bool | None, str] | None

#: verdict of an alternative that is let pass with a warning
TOLERATED = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What an alternative or matcher found; ``not_due``: no answer was due that it could judge."""

    match: Match
    not_due: bool = False


def try_alternative(alternative: Alternative, look: Look, context: Context, lost: Lost) -> Tried:
    """Judge one alternative: all its matchers must hold."""
    tried = [_match(each, look, context, lost) for each in alternative.matchers]
    for decisive in (
        lambda each: each.match.holds is False and not each.not_due,
        lambda each: each.not_due,
        lambda each: each.match.holds is None,
    ):
        found = next(filter(decisive, tried), None)
        if found is not None:
            return found
    matches = [each.match for each in tried]
    match = Match(
        holds=True,
        expected=" and ".join(each.expected for each in matches),
        observed="; ".join(dict.fromkeys(each.observed for each in matches)),
    )
    return Tried(match=match)


def _match(wanted: Matcher, look: Look, context: Context, lost: Lost) -> Tried:
    spec = matcher(wanted.key)
    if spec is None:
        raise LookupError(f"no matcher {wanted.key}")
    found = spec.match(wanted.argument, look, context)
    if lost is None or spec.absent_final:
        return Tried(match=found)
    owed, told = lost
    holds = None if owed is None else False
    match = Match(holds=holds, expected=found.expected, observed=told)
    return Tried(match=match, not_due=owed is True)


def words_of_a_pass(
    alternatives: Iterable[Alternative], look: Look, context: Context, lost: Lost
) -> str:
    """Say what a check would have passed with, its tolerated alternatives left aside."""
    wanted: dict[str, None] = {}
    for alternative in alternatives:
        if alternative.verdict == TOLERATED:
            continue
        with contextlib.suppress(MissingCapture):  # its words need what was not captured
            wanted[_words(alternative, look, context, lost)] = None
    return " or ".join(wanted)


def _words(alternative: Alternative, look: Look, context: Context, lost: Lost) -> str:
    """Say what an alternative asks for, all of its matchers together."""
    told = [_match(each, look, context, lost).match.expected for each in alternative.matchers]
    return " and ".join(told)
