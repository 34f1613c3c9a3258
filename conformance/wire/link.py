"""What every kind of connection offers to those above it, and tells them."""

from __future__ import annotations

from typing import Protocol


class Sink(Protocol):
    """Who is told what happens on a link."""

    def received(self, data: bytes) -> None:
        """Octets arrived."""

    def ended(self, *, reset: bool, detail: str) -> None:
        """The peer will send nothing more; told once."""

    def room(self) -> None:
        """More octets can be handed over; told while it is wanted."""


class Link(Protocol):
    """A duplex connection that carries octets, in the clear or under TLS."""

    @property
    def broken(self) -> str:
        """Why nothing can be handed over any more; empty while it can."""
        ...

    @property
    def local(self) -> str:
        """Our own address as ``host:port``."""
        ...

    def push(self, octets: bytes) -> int:
        """Hand over as many octets as are taken now; those left over must be pushed again."""
        ...

    def commit(self) -> int:
        """Give up pushing again; return how many octets left over will go out nevertheless."""
        ...

    def want_room(self, *, wanted: bool) -> None:
        """Ask to be told when more octets can be handed over."""
        ...

    def unacknowledged(self) -> int | None:
        """Return octets the peer's kernel has not acknowledged; None if that cannot be told."""
        ...

    def pull(self) -> None:
        """Pass on at once what has already arrived."""
        ...

    def stop_reading(self) -> None:
        """Read nothing more."""
        ...

    def finish_sending(self) -> None:
        """Tell the peer, in every layer, that nothing more will be sent."""
        ...

    def truncate(self) -> None:
        """Send FIN only, whatever layers above TCP would have to say."""
        ...

    def reset(self) -> None:
        """Send RST and forget the connection."""
        ...

    def close(self) -> None:
        """Close the socket."""
        ...
