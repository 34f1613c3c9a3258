"""The tie between one exchange of the core and its HTTP/1.1 connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from reference_server.core.messages import FieldLine, Response
    from reference_server.h1 import H1Connection


class H1Actions:
    """What the core may do to one exchange; without effect once the exchange is over."""

    __slots__ = ("_connection", "live", "wake")

    def __init__(self, connection: H1Connection) -> None:
        self._connection = connection
        self.live = True
        self.wake: asyncio.TimerHandle | None = None

    def interim(self, status: int, fields: tuple[FieldLine, ...]) -> None:
        """Send an interim response at once."""
        if self.live:
            self._connection.send_interim(status, fields)

    def final(self, response: Response) -> None:
        """Send the final response."""
        if self.live:
            self.over()
            self._connection.send_final(response)

    def abort(self) -> None:
        """Reset the connection."""
        if self.live:
            self.over()
            self._connection.reset()

    def drain(self) -> None:
        """Hand over what the system has already received."""
        if self.live:
            self._connection.drain()

    def wake_after(self, seconds: float) -> None:
        """Have the exchange woken after a time."""
        if self.live:
            self.wake = self._connection.wake_after(seconds)

    def over(self) -> None:
        """Cut the tie between exchange and connection."""
        self.live = False
        if self.wake is not None:
            self.wake.cancel()
