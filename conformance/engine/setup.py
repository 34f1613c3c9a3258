"""Whether a step that prepares the scene has done so, and what it lacks if not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.engine.uploads import ANNOUNCEMENT, offset_told, succeeded
from conformance.model.scenario import Verb
from conformance.profiles.rufh.verbs import completing
from conformance.syntax.wording import phrase

if TYPE_CHECKING:
    from conformance.model.plan import PlannedExchange
    from conformance.model.scenario import ExchangeStep
    from conformance.model.transcript import Exchange

#: what a target may well answer to an ordinary upload
_SEE_OTHER = 303


def shortfall(planned: PlannedExchange, exchange: Exchange | None, upload: str | None) -> str:
    """Return in plain words what a set-up step lacks; empty if the rest can go on.

    A creation must have told its upload resource; unless it was cut or left open it must have been
    answered with success, as everything else must.
    """
    step = planned.step
    if exchange is None:
        return "it was not made"
    unanswered = step.cut is not None or step.leave
    final = exchange.final
    if step.verb is Verb.OCTETS and step.set_up is None:
        return ""
    ordinary = step.verb is Verb.REQUEST and final is not None and final.status == _SEE_OTHER
    if final is not None and not (succeeded(final) or ordinary or unanswered):
        return phrase(final.status)
    if final is None and not unanswered:
        return f"no final response: {exchange.detail or ending_words(exchange)}"
    if step.verb is Verb.CREATE and upload is None:
        told = phrase(final.status) if final is not None else "no final response"
        return f"no upload resource was told ({told})"
    if step.verb is Verb.RETRIEVE and offset_told(final) is None:
        return "the answer has no usable Upload-Offset"
    return ""


def unannounced(step: ExchangeStep, exchange: Exchange | None) -> bool:
    """Tell whether an upload resource stayed unknown only because no 104 announced it.

    A server need not send one (104 SHOULD be sent, unless it cannot be), and then nothing tells
    the upload resource of a creation that was cut, left open, or completed the upload.
    """
    if step.verb is not Verb.CREATE or exchange is None:
        return False
    if any(each.status == ANNOUNCEMENT for each in exchange.interims):
        return False
    if exchange.final is not None and not succeeded(exchange.final):
        return False
    return step.cut is not None or step.leave or completing(step)


def ending_words(exchange: Exchange) -> str:
    """Say how an exchange without a final response ended."""
    return {
        "cut": "we cut it",
        "closed": "the connection was closed",
        "reset": "the connection was reset",
        "deadline": "nothing came in time",
        "refused": "no connection could be made",
        "malformed": "what came is not HTTP",
        "bound": "more came than is accepted",
    }.get(exchange.end.value, "it is still going on")
