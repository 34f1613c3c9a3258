"""How long the runner waits for things, all in one place and all scaled by measured latency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.model.values import Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Bounds on every waiting, in seconds before scaling.

    Attributes:
        final: for a final response when the step gives no ``within``.
        opening: for establishing a connection, TLS included.
        announcement: for the first 104 of a creation that is left open, since without it the
            upload resource stays unknown.
        settling: for a sign of life of a transfer that is left open, so that the target has begun
            with it before the next step comes.
        drain: for emptying the socket's queue before a cut, and for the peer to close after a FIN.
        farewell: for removing one upload a run created, not scaled.
        lifetime: the longest announced lifetime that is waited for, not scaled.
        download: for the whole of a stored representation.
    """

    final: float = 10.0
    opening: float = 5.0
    announcement: float = 1.0
    settling: float = 0.25
    drain: float = 3.0
    farewell: float = 5.0
    lifetime: float = 15.0
    download: float = 30.0


def scaled(duration: Duration | None, default: float, scale: float) -> float:
    """Return the seconds of a duration, or of its default, times the run's scale."""
    seconds = default if duration is None else duration.seconds
    return seconds * scale
