"""One request in progress, and what the core may do to it.

The front end calls :meth:`Exchange.content` for each piece of content, then exactly one of
:meth:`Exchange.end` and :meth:`Exchange.interrupted`; :meth:`Exchange.wake` whenever a time
asked for with :meth:`Actions.wake_after` has come. Calls after the final response are harmless.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from reference_server.core.messages import FieldLine, Response


class Actions(Protocol):
    """What the core asks of a front end for one exchange."""

    def interim(self, status: int, fields: tuple[FieldLine, ...]) -> None:
        """Send an interim response at once."""

    def final(self, response: Response) -> None:
        """Send the final response; content still to come is of no interest."""

    def abort(self) -> None:
        """End the exchange abruptly without a response; no more calls to the exchange follow."""

    def drain(self) -> None:
        """Hand over, before returning, all content that has already arrived."""

    def wake_after(self, seconds: float) -> None:
        """Call :meth:`Exchange.wake` after a time, unless the exchange ends before."""


class Exchange:
    """An exchange whose content is of no interest: the final response has been given."""

    def content(self, data: bytes) -> None:
        """Take in a piece of content."""

    def end(self) -> None:
        """Take note that all content has arrived."""

    def interrupted(self) -> None:
        """Take note that the rest of the content will never arrive."""

    def wake(self) -> None:
        """Take note that the time asked for has come."""
