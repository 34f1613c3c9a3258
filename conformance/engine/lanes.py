"""The connections of one run: one per exchange unless a step goes on with an earlier one.

Every host is reached at one address throughout a run, so that a target with several of them is
not asked on one for what was sent to another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.engine.uploads import origin_of
from conformance.model.errors import TargetError
from conformance.wire import open_connection

if TYPE_CHECKING:
    from conformance.engine.world import World
    from conformance.wire import Endpoint, Recorder, WireConnection


class CannotRun(Exception):  # noqa: N818 - it is a state of affairs, not an error
    """A step cannot be made because of how an earlier one ended.

    Attributes:
        cause: plain words.
    """

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)


class NotDue(CannotRun):
    """A step's condition is not met, and a correct target need not meet it."""


class Lanes:
    """Opens connections, finds those of earlier steps again, closes all of them."""

    __slots__ = ("_by_step", "_opened", "_recorder", "_scale", "_transport", "_world")

    def __init__(self, world: World, recorder: Recorder, scale: float, transport: str) -> None:
        self._transport = transport
        self._world = world
        self._recorder = recorder
        self._scale = scale
        self._by_step: dict[str, WireConnection] = {}
        self._opened: list[WireConnection] = []

    async def fresh(self, url: str, *, window: int | None = None) -> WireConnection:
        """Open a connection to the host of a URL; it is unusable if that failed.

        Args:
            url: an absolute URL.
            window: for h2: octets of content the peer may send on a stream until its window is
                reopened; None for windows that never matter.

        Raises:
            CannotRun: the host's name is not known.
        """
        origin = origin_of(url)
        bound = self._world.deadlines.opening * self._scale
        try:
            endpoint = await endpoint_of(self._world, origin, bound)
        except TargetError as unknown:
            raise CannotRun(str(unknown)) from unknown
        connection = await open_connection(
            self._transport, endpoint, self._recorder, bound, window=window
        )
        self._opened.append(connection)
        return connection

    def again(self, step: str, *, pipelined: bool) -> WireConnection:
        """Return the connection of an earlier step.

        Raises:
            CannotRun: there is none.
            NotDue: it cannot carry another exchange.
        """
        connection = self._by_step.get(step)
        if connection is None:
            raise CannotRun(f"step {step} has no connection")
        if pipelined and connection.usable:
            return connection
        if pipelined or not connection.reusable:
            raise NotDue("the target closed the connection after its answer")
        return connection

    def bind(self, step: str, connection: WireConnection) -> None:
        """Note the connection a step uses."""
        self._by_step[step] = connection

    async def close(self) -> None:
        """Close every connection."""
        for connection in self._opened:
            await connection.close()


async def endpoint_of(world: World, origin: str, at_most: float) -> Endpoint:
    """Return where an origin is reached, at the one address the run has settled on.

    Raises:
        TargetError: the host's name is not known.
    """
    return await world.endpoints.of(origin, at_most)
