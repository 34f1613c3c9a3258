"""Fetches what was stored on connections that are used again.

A search reads back after every other trial, and opening a connection costs as much as the answer.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from conformance.engine.farewell import ask_over
from conformance.engine.lanes import endpoint_of
from conformance.engine.uploads import origin_of
from conformance.wire import Recorder, open_connection

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
        connection = await self._reach(origin_of(url))
        return await ask_over(connection, self._world, target, method, url, fields, at_most)

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
