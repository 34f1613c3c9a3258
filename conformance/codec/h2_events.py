"""What arrives on an HTTP/2 connection, as ``H2Session`` tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from conformance.codec.h1_read import ReadEvent
    from conformance.codec.h2_frames import RawFrame


@dataclass(frozen=True, slots=True)
class FrameSeen:
    """A frame arrived; what it brings follows."""

    frame: RawFrame
    note: str


@dataclass(frozen=True, slots=True)
class OnStream:
    """Something was read on a stream."""

    stream: int
    event: ReadEvent


@dataclass(frozen=True, slots=True)
class PeerReset:
    """The peer reset a stream."""

    stream: int
    code: int


@dataclass(frozen=True, slots=True)
class StrayFrame:
    """A frame came on a stream that was over for the peer."""

    stream: int
    octets: bytes


@dataclass(frozen=True, slots=True)
class GoneAway:
    """The peer will accept no stream above the last it names."""

    code: int
    last: int


@dataclass(frozen=True, slots=True)
class Broken:
    """The connection is of no use any more.

    Attributes:
        detail: what is wrong, in words.
        flood: it is the amount and not the meaning.
    """

    detail: str
    flood: bool = False


SessionEvent: TypeAlias = FrameSeen | OnStream | PeerReset | StrayFrame | GoneAway | Broken
