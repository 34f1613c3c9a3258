"""What a step needs of the transport by its very kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.model.scenario import ExchangeStep, TogetherStep, Verb

if TYPE_CHECKING:
    from conformance.model.scenario import Step

_BY_VERB: Final = {Verb.OCTETS: "h1", Verb.FRAMES: "h2"}


def transports_of(step: Step) -> tuple[str, ...]:
    """Return the transports a step can only be made over; empty if any will do.

    Members of a together step are steps of their own. Two names mean that no transport will do.
    """
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
