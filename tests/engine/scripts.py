"""A script of a server that stores uploads, and what runs against scripts show."""

from __future__ import annotations

from typing import Any

from conformance.model.values import Octets, Size


def octets(count: int) -> Size:
    """Return a plain number of octets as a size."""
    return Size(((1, Octets(count)),))


async def store(ask: Any) -> None:
    """Store one upload in the simplest way that is right."""
    state = ask.server.__dict__.setdefault("stored", {})
    if ask.method == "POST":
        ask.announce("/up/1")
        state["octets"] = await ask.read()
        ask.say(201, Location="/up/1", Upload_Complete=ask.fields.get("upload-complete", "?1"))
    elif ask.method == "PATCH":
        offset, known = int(ask.fields["upload-offset"]), len(state["octets"])
        sent = await ask.read()
        if offset != known:
            ask.say(409, Upload_Offset=str(known), Upload_Complete="?0")
            return
        state["octets"] += sent
        ask.say(200, Upload_Complete=ask.fields.get("upload-complete", "?1"))
    elif ask.method == "HEAD":
        ask.say(204, Upload_Offset=str(len(state["octets"])), Upload_Complete="?0")
    else:
        ask.say(204)


def ends(ran: Any) -> list[str]:
    """Tell how every exchange of a run ended."""
    return [each.end.value for each in ran.transcript.exchanges]


def final(ran: Any, step: str) -> int | None:
    """Return the status of the last final response that a step is about."""
    number = ran.binding.steps[step].subjects[-1]
    message = ran.transcript.exchange(number).final
    return message.status if message is not None else None
