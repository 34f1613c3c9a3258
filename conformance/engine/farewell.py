"""Removes what a run created: best effort, bounded, never judged and in no transcript.

Only upload resources are removed. A target may have taken a creation for an ordinary upload, and
then Location leads to something stored for good: what has not shown itself to be an upload resource
is asked for its offset first, and is let be unless it tells one.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from conformance.engine.lanes import endpoint_of
from conformance.engine.uploads import Trust, origin_of, path_of, speaks_as_upload
from conformance.model.errors import TargetError
from conformance.model.transcript import Exchange, FieldLine, Framing
from conformance.profiles.rufh.drafts import DRAFTS, VERSION_FIELD
from conformance.wire import OutgoingRequest, Recorder, open_connection

if TYPE_CHECKING:
    from conformance.engine.uploads import Upload
    from conformance.engine.world import World
    from conformance.model.plan import Plan, TargetFacts
    from conformance.model.transcript import Message
    from conformance.wire import WireConnection

_GONE = frozenset({404, 410})
_AT_ONCE = 4


async def remove_uploads(plan: Plan, world: World, uploads: tuple[Upload, ...]) -> int:
    """Cancel uploads, a few at a time, and return how many may be left."""
    if not uploads:
        return 0
    few = asyncio.Semaphore(_AT_ONCE)

    async def remove(upload: Upload) -> bool:
        async with few:
            return await _removed(plan, world, upload)

    async with asyncio.TaskGroup() as tasks:
        removals = [tasks.create_task(remove(upload)) for upload in uploads]
    return sum(not removal.result() for removal in removals)


async def _removed(plan: Plan, world: World, upload: Upload) -> bool:
    """Cancel one upload; False if it may still be there."""
    version = ((VERSION_FIELD, str(plan.draft)),)
    bound = world.deadlines.farewell

    async def answer(method: str) -> Message | None:
        exchange = await ask(
            world, plan.target, method, upload.url, version, bound, transport=plan.transport
        )
        return exchange.final

    try:
        async with asyncio.timeout(bound):
            if not upload.shown:
                final = await answer("HEAD")
                if final is None or not speaks_as_upload(final, DRAFTS[plan.draft]):
                    return final is not None
            final = await answer("DELETE")
    except (TimeoutError, TargetError):
        return False
    status = final.status if final is not None else 0
    return 200 <= status < 300 or status in _GONE


async def ask(
    world: World,
    target: TargetFacts,
    method: str,
    url: str,
    fields: tuple[tuple[str, str], ...],
    at_most: float,
    *,
    transport: str,
) -> Exchange:
    """Make one exchange without content on a connection and in a record of its own.

    Args:
        world: shared settings.
        target: whose own fields are added, if the URL may be sent them.
        method: method token.
        url: absolute URL.
        fields: further field lines.
        at_most: seconds for the final response.
        transport: ``h1`` or ``h2``.

    Raises:
        TargetError: the host's name is not known.
    """
    endpoint = await endpoint_of(world, origin_of(url), world.deadlines.opening)
    recorder = Recorder(asyncio.get_running_loop().time)
    connection = await open_connection(transport, endpoint, recorder, world.deadlines.opening)
    try:
        last = (*fields, ("Connection", "close"))
        return await ask_over(connection, world, target, method, url, last, at_most)
    finally:
        await connection.close()


async def ask_over(
    connection: WireConnection,
    world: World,
    target: TargetFacts,
    method: str,
    url: str,
    fields: tuple[tuple[str, str], ...],
    at_most: float,
) -> Exchange:
    """Make one exchange without content on a connection; the arguments are those of :func:`ask`."""
    trust = Trust(target.origin, target.fields, world.trusted_origins)
    lines = [
        ("Host", origin_of(url).partition("://")[2]),
        *((name, value) for name, value in target.fields if trust.allowed(name, url)),
        *fields,
    ]
    live = connection.begin(
        OutgoingRequest(
            method=method,
            target=path_of(url),
            url=url,
            version="HTTP/1.1",
            fields=tuple(FieldLine(n.encode("latin-1"), v.encode("latin-1")) for n, v in lines),
            framing=Framing.NONE,
            declared=None,
            at_offset=0,
        )
    )
    await live.send_head()
    await live.end_content()
    return await live.finish(at_most)
