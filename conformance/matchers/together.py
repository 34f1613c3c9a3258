"""``at-most-one`` and ``exactly-one``: how many of several simultaneous exchanges succeeded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.model.protocols import Look, Match, MatchContext, MatcherSpec
from conformance.syntax.schemas import STATUS_SET
from conformance.syntax.values import read_status, write_status
from conformance.syntax.wording import answer

if TYPE_CHECKING:
    from conformance.model.values import StatusSet


def _among(test: StatusSet, look: Look) -> tuple[int, bool, str]:
    """Return how many were answered so, whether all were answered, and what came in words."""
    finals = [exchange.final for exchange in look.members.values()]
    number = sum(1 for final in finals if final is not None and final.status in test)
    told = ", ".join(f"{name}: {answer(exchange)}" for name, exchange in look.members.items())
    return number, all(final is not None for final in finals), told or "no exchanges"


def _at_most(test: StatusSet, look: Look, _: MatchContext) -> Match:
    number, _answered, told = _among(test, look)
    holds = (number <= 1) if look.members else None
    return Match(holds=holds, expected=f"at most one answer {test}", observed=told)


def _exactly(test: StatusSet, look: Look, _: MatchContext) -> Match:
    number, answered, told = _among(test, look)
    holds: bool | None = number == 1
    if not look.members or (number == 0 and not answered):
        holds = None
    return Match(holds=holds, expected=f"exactly one answer {test}", observed=told)


AT_MOST_ONE = MatcherSpec(
    key="at-most-one",
    summary="At most one of the exchanges made together was answered so.",
    example="at-most-one: 2xx",
    schema=STATUS_SET,
    decode=read_status,
    encode=write_status,
    match=_at_most,
    absent_final=True,
)
EXACTLY_ONE = MatcherSpec(
    key="exactly-one",
    summary="Exactly one of the exchanges made together was answered so.",
    example="exactly-one: 2xx",
    schema=STATUS_SET,
    decode=read_status,
    encode=write_status,
    match=_exactly,
    absent_final=True,
)
