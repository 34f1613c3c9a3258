"""Judging HTTP/2 frames by their heads, before anything of them is kept: no I/O.

The h2 library reads whole frames and answers floods late or not at all. Here each frame is
admitted, passed over or refused as soon as its nine octets of head are there.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from h2.errors import ErrorCodes

if TYPE_CHECKING:
    from collections.abc import Callable

    from reference_server.bounds import Bounds

#: What a client sends first (RFC 9113, 3.4).
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#: Octets of the head of a frame (RFC 9113, 4.1).
HEAD = 9
#: Flags (RFC 9113, 6).
ACK = 0x1
END_HEADERS = 0x4
_GOAWAY_OCTETS = 8


class Kind(IntEnum):
    """Types of frames that are known here (RFC 9113, 6)."""

    DATA = 0
    HEADERS = 1
    PRIORITY = 2
    RST_STREAM = 3
    SETTINGS = 4
    PUSH_PROMISE = 5
    PING = 6
    GOAWAY = 7
    WINDOW_UPDATE = 8
    CONTINUATION = 9


#: Frames that cost the server more than the client, or make it write.
_COSTLY = (Kind.PRIORITY, Kind.RST_STREAM, Kind.SETTINGS, Kind.PING)


class FrameHead(NamedTuple):
    """The head of a frame: payload length in octets, type, flags, stream (0: connection)."""

    length: int
    kind: int
    flags: int
    stream: int


def read_head(octets: bytes | bytearray) -> FrameHead:
    """Return the head that nine octets hold."""
    return FrameHead(
        length=int.from_bytes(octets[:3], "big"),
        kind=octets[3],
        flags=octets[4],
        stream=int.from_bytes(octets[5:9], "big") & 0x7FFF_FFFF,
    )


class ConnectionEndedError(Exception):
    """The connection cannot go on (RFC 9113, 5.4.1).

    Attributes:
        code: why, for GOAWAY.
    """

    def __init__(self, code: ErrorCodes) -> None:
        super().__init__(code)
        self.code = code


class Budget:
    """A stock of events a client may cause, which time fills up again.

    Args:
        stock: events at once.
        a_second: events that are added in a second.
        clock: seconds, never going back.
    """

    __slots__ = ("_a_second", "_clock", "_left", "_seen", "_stock")

    def __init__(self, stock: int, a_second: float, clock: Callable[[], float]) -> None:
        self._stock = float(stock)
        self._left = self._stock
        self._a_second = a_second
        self._clock = clock
        self._seen = clock()

    def spend(self) -> None:
        """Take one event.

        Raises:
            ConnectionEndedError: the stock is used up.
        """
        now = self._clock()
        self._left = min(self._stock, self._left + (now - self._seen) * self._a_second)
        self._seen = now
        if self._left < 1:
            raise ConnectionEndedError(ErrorCodes.ENHANCE_YOUR_CALM)
        self._left -= 1


class Guard:
    """Admits frames of one connection.

    Args:
        bounds: what the client may take.
        clock: seconds, never going back.

    Attributes:
        empty: budget for DATA frames without content.
        malformed: budget for requests that have to be reset.
    """

    def __init__(self, bounds: Bounds, clock: Callable[[], float]) -> None:
        self._bounds = bounds
        self._begun = False
        self._highest = 0
        self._in_section = False
        self._section_octets = 0
        self._continuations = 0

        def budget() -> Budget:
            return Budget(bounds.frames_at_once, bounds.frames_a_second, clock)

        self._costly = {kind: budget() for kind in _COSTLY}
        self.empty = budget()
        self.malformed = budget()

    @property
    def waiting(self) -> bool:
        """Whether something has begun that has to be completed soon."""
        return self._in_section or not self._begun

    def admit(self, head: FrameHead) -> bool:
        """Tell whether a frame is to be read; False if it is to be passed over.

        Raises:
            ConnectionEndedError: the frame ends the connection.
        """
        if not self._begun and (head.kind != Kind.SETTINGS or head.flags & ACK):
            raise ConnectionEndedError(ErrorCodes.PROTOCOL_ERROR)
        self._begun = True
        if head.length > self._bounds.frame_octets:
            raise ConnectionEndedError(ErrorCodes.FRAME_SIZE_ERROR)
        if head.kind == Kind.HEADERS or self._in_section:
            self._count_section(head)
            return True
        if head.kind in self._costly:
            self._costly[Kind(head.kind)].spend()
        if head.kind == Kind.RST_STREAM and head.stream > self._highest:
            raise ConnectionEndedError(ErrorCodes.PROTOCOL_ERROR)
        if head.kind == Kind.GOAWAY:
            return self._pass_over_goaway(head)
        return head.kind <= Kind.CONTINUATION

    def _count_section(self, head: FrameHead) -> None:
        """Bound a field section; the library refuses other frames inside one."""
        if not self._in_section:
            self._highest = max(self._highest, head.stream)
            self._section_octets = self._continuations = 0
        else:
            self._continuations += 1
        self._section_octets += head.length
        bounds = self._bounds
        if (
            self._section_octets > 2 * bounds.head_octets
            or self._continuations > bounds.continuations
        ):
            raise ConnectionEndedError(ErrorCodes.ENHANCE_YOUR_CALM)
        self._in_section = not head.flags & END_HEADERS

    def _pass_over_goaway(self, head: FrameHead) -> bool:
        """Check a GOAWAY. The library would end the connection; streams may go on, though."""
        if head.stream:
            raise ConnectionEndedError(ErrorCodes.PROTOCOL_ERROR)
        if head.length < _GOAWAY_OCTETS:
            raise ConnectionEndedError(ErrorCodes.FRAME_SIZE_ERROR)
        return False
