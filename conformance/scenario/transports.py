"""What a step needs of the transport by its very kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.model.scenario import ExchangeStep, ResumeStep, TogetherStep, Verb
from conformance.model.transcript import CutHow

if TYPE_CHECKING:
    from conformance.model.scenario import Step

_BY_VERB: Final = {Verb.OCTETS: "h1", Verb.FRAMES: "h2"}


def transports_of(step: Step) -> tuple[str, ...]:
    """Return the transports a step can only be made over; empty if any will do.

    Members of a together step are steps of their own. Two names mean that no transport will do.

    A half-close needs HTTP/1: it interrupts a request and leaves the way back open. The end of a
    stream before the declared length would be a malformed request, and without a declared length
    it would be a whole one (RFC 9113 section 8.1.1).
    """
    found = set(said_transports(step))
    cut = step.cut if isinstance(step, ExchangeStep | ResumeStep) else None
    if cut is not None and cut.how is CutHow.HALF_CLOSE:
        found.add("h1")
    return tuple(sorted(found))


def said_transports(step: Step) -> tuple[str, ...]:
    """Return those of them that an author must say by ``needs``."""
    found: set[str] = set()
    match step:
        case ExchangeStep():
            if step.verb in _BY_VERB:
                found.add(_BY_VERB[step.verb])
            if step.http == "1.0" or step.pipelined:
                found.add("h1")
            if step.window is not None:
                found.add("h2")
        case TogetherStep(over="one-connection"):
            found.add("h2")
        case _:
            pass
    return tuple(sorted(found))
