"""Fetches what was stored on connections that are used again.

A search reads back after every other trial, and opening a connection costs as much as the answer.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from conformance.engine.lanes import endpoint_of
from conformance.engine.uploads import Trust, origin_of, path_of
from conformance.model.transcript import FieldLine, Framing
from conformance.wire import OutgoingRequest, Recorder, open_connection

if TYPE_CHECKING:
    from conformance.engine.world import World
    from conformance.model.plan import TargetFacts
    from conformance.model.transcript import Exchange
    from conformance.wire import WireConnection

#: exchanges on one connection; its record grows with each
_MOST: Final = 64


class Fetcher:
    """One connection that is kept between read-backs, which follow one another."""

    def __init__(self, world: World, transport: str) -> None:
        """Fetch from a target.

        Args:
            world: shared settings.
            transport: ``h1`` or ``h2``.
        """
        self._world = world
        self._transport = transport
        self._connection: WireConnection | None = None
        self._origin = ""
        self._uses = 0

    async def fetch(
        self,
        target: TargetFacts,
        method: str,
        url: str,
        fields: tuple[tuple[str, str], ...],
        at_most: float,
    ) -> Exchange:
        """Make one exchange without content; its record is nobody else's.

        Args:
            target: whose own fields are added, if the URL may be sent them.
            method: method token.
            url: absolute URL.
            fields: further field lines.
            at_most: seconds for the final response.

        Raises:
            TargetError: the host's name is not known.
        """
        origin = origin_of(url)
        trust = Trust(target.origin, target.fields, self._world.trusted_origins)
        lines = [
            ("Host", origin.partition("://")[2]),
            *((name, value) for name, value in target.fields if trust.allowed(name, url)),
            *fields,
        ]
        connection = await self._reach(origin)
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

    async def _reach(self, origin: str) -> WireConnection:
        known = self._connection
        if known is not None and known.reusable and origin == self._origin and self._uses < _MOST:
            self._uses += 1
            return known
        await self.close()
        bound = self._world.deadlines.opening
        endpoint = await endpoint_of(self._world, origin, bound)
        recorder = Recorder(asyncio.get_running_loop().time)
        made = await open_connection(self._transport, endpoint, recorder, bound)
        self._connection, self._origin, self._uses = made, origin, 1
        return made

    async def close(self) -> None:
        """Close the connection that is kept."""
        known, self._connection = self._connection, None
        if known is not None:
            await known.close()
