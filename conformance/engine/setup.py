"""Whether a step that prepares the scene has done so, and what it lacks if not."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from conformance.engine.uploads import offset_told
from conformance.model.scenario import Verb

if TYPE_CHECKING:
    from conformance.model.plan import PlannedExchange
    from conformance.model.transcript import Exchange


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
    if final is not None and not 200 <= final.status < 300 and not unanswered:
        return status_words(final.status)
    if final is None and not unanswered:
        return f"no final response: {exchange.detail or ending_words(exchange)}"
    if step.verb is Verb.CREATE and upload is None:
        told = status_words(final.status) if final is not None else "no final response"
        return f"no upload resource was told ({told})"
    if step.verb is Verb.RETRIEVE and offset_told(final) is None:
        return "the answer has no usable Upload-Offset"
    return ""


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


def status_words(status: int) -> str:
    """Return a status code with its reason phrase."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
