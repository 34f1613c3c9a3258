"""What a path wants done; whoever has the sockets does it, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from conformance.model.transcript import CutHow
    from conformance.proxy.passage import Passage


@dataclass(frozen=True, slots=True)
class ToServer:
    """Hand octets to the server."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class ToClient:
    """Hand octets to the client."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class WakeAfter:
    """Call ``wake`` after some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Read:
    """Go on reading from a peer, or stop until told otherwise."""

    client: bool
    wanted: bool


@dataclass(frozen=True, slots=True)
class EndToServer:
    """Tell the server that nothing more will come (FIN)."""


@dataclass(frozen=True, slots=True)
class EndToClient:
    """Tell the client that nothing more will come (FIN)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeCut:
    """Interrupt, once the server's kernel has acknowledged everything handed to it.

    Attributes:
        passage: the exchange it is about.
        how: kind of interruption; ``RESET``, ``CLOSE`` and ``TLS_TRUNCATE`` end both connections.
        to_server: octets that make the interruption instead of TCP (HTTP/2), after the waiting.
        to_client: likewise.
    """

    passage: Passage
    how: CutHow
    to_server: bytes | None = None
    to_client: bytes | None = None


Action: TypeAlias = ToServer | ToClient | WakeAfter | Read | EndToServer | EndToClient | MakeCut
