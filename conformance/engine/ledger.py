"""The byte ledger: which request put each stored octet where it is.

It needs a scenario with ``mark: request``, where the request is mixed into every octet. The output
is run-length encoded and bounded, so that content of any size can be told in a few lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.scenario.captures import exchanges_of
from conformance.syntax.attribution import attribute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.model.plan import Binding, Plan
    from conformance.model.transcript import Stored, Transcript

#: runs told at most; what follows is told as one run without a source
MOST_RUNS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRun:
    """Octets [start, end) of what is stored, all written by one step.

    Attributes:
        step: the step; empty if no request of the scenario wrote them.
    """

    start: int
    end: int
    step: str


def ledger(
    plan: Plan, binding: Binding, transcript: Transcript, stored: Stored
) -> tuple[LedgerRun, ...]:
    """Attribute stored octets to the steps whose requests handed content over.

    Only the octets kept in the record are attributed (the first MiB).
    """
    names: dict[int, str] = {}
    for name, planned in exchanges_of(plan).items():
        bound = binding.steps.get(name)
        made = bound.exchanges if bound is not None else ()
        if any(transcript.exchange(number).request.handed for number in made):
            names.setdefault(planned.mark, name)
    runs = attribute(plan.content, stored.octets, list(names), most=MOST_RUNS)
    return tuple(
        LedgerRun(start=run.start, end=run.end, step="" if run.mark is None else names[run.mark])
        for run in runs
    )


def in_words(runs: Iterable[LedgerRun]) -> str:
    """Tell a ledger: ``octets 0..8192 by up; octets 8192..9000 by no request``."""
    told = [f"octets {run.start}..{run.end} by {run.step or 'no request'}" for run in runs]
    return "; ".join(told) or "no octets"
