"""Asks the target single questions over the wire, counted like everything that is sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from conformance.engine.lanes import endpoint_of
from conformance.engine.uploads import origin_of, path_of
from conformance.model.scenario import Point
from conformance.model.transcript import FieldLine, Framing
from conformance.wire import OutgoingRequest, Recorder, open_connection

if TYPE_CHECKING:
    from conformance.engine.ask import Ask, Question
    from conformance.engine.world import World
    from conformance.model.transcript import Exchange

USER_AGENT = "resumable-conformance"


def asker(world: World, *, scale: float, most: int = 8, transport: str = "h1") -> Ask:
    """Return a way to ask a target, at most so many questions at once.

    Args:
        world: where the target is and what bounds there are.
        scale: factor on every waiting.
        most: connections at once.
        transport: ``h1`` or ``h2``.
    """
    gate = asyncio.Semaphore(most)

    async def ask(question: Question) -> Exchange:
        async with gate:
            return await _ask(world, question, scale, transport)

    return ask


async def _ask(world: World, question: Question, scale: float, transport: str) -> Exchange:
    content = question.content or b""
    world.counters.take(len(content))
    recorder = Recorder()
    opening = world.deadlines.opening * scale
    endpoint = await endpoint_of(world, origin_of(question.url), opening)
    connection = await open_connection(transport, endpoint, recorder, opening)
    try:
        live = connection.begin(_request(question, content))
        await live.send_head()
        if question.hold:
            await live.wait({*question.hold, Point.FINAL_HEAD}, question.hold_at_most * scale)
        if content:
            await live.send(content)
        await live.end_content()
        return await live.finish(world.deadlines.final * scale)
    finally:
        await connection.close()


def _request(question: Question, content: bytes) -> OutgoingRequest:
    host = origin_of(question.url).partition("://")[2]
    own = {name.lower() for name, _ in question.fields}
    usual = (("Host", host), ("User-Agent", USER_AGENT))
    lines = [pair for pair in usual if pair[0].lower() not in own]
    lines.extend(question.fields)
    framing = Framing.NONE
    if question.content is not None:
        framing = Framing.CONTENT_LENGTH
        lines.append(("Content-Length", str(len(content))))
    return OutgoingRequest(
        method=question.method,
        target=path_of(question.url),
        url=question.url,
        version="HTTP/1.1",
        fields=tuple(FieldLine(name.encode(), value.encode("latin-1")) for name, value in lines),
        framing=framing,
        declared=len(content) if question.content is not None else None,
        at_offset=0,
    )
