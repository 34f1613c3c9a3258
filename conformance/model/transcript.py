"""What happened on the wire: frozen, role-blind, ignorant of steps and requirements.

Generated content is recorded as ranges of its source, everything else verbatim. Received content
beyond a bound keeps length, digest, head and tail. Moments are ordered by ``seq`` (one counter per
transcript); ``at`` is monotonic seconds since the transcript began.
"""

from __future__ import annotations

from dataclasses import dataclass

from conformance.model.exchange import (
    CutHow,
    CutMade,
    End,
    Exchange,
    Framing,
    SentRange,
    SentRequest,
)
from conformance.model.message import (
    CONTENT_KEPT,
    FieldLine,
    Lint,
    Message,
    Moment,
    ReceivedContent,
)

__all__ = [
    "CONTENT_KEPT",
    "FIRST_FRAMES_KEPT",
    "LAST_FRAMES_KEPT",
    "Connection",
    "CutHow",
    "CutMade",
    "End",
    "Exchange",
    "FieldLine",
    "Frame",
    "Framing",
    "Lint",
    "Message",
    "Moment",
    "ReceivedContent",
    "SentRange",
    "SentRequest",
    "Stored",
    "Transcript",
]

#: HTTP/2 frames kept per connection, from its beginning and from its end
FIRST_FRAMES_KEPT = 2_000
LAST_FRAMES_KEPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """An HTTP/2 frame (RFC 9113 section 4.1).

    Attributes:
        direction: ``sent`` (handed to the kernel) or ``received``.
        type: name of the type, for example ``HEADERS``; ``type 0xbe`` if it has none we know.
        stream: stream identifier, 0 for the connection.
        flags: names of the flags set, in alphabetical order.
        length: octets of payload, padding included.
        note: what the payload says, in a few words, for example an error code; may be empty.
        at: when it was complete.
    """

    direction: str
    type: str
    stream: int
    flags: tuple[str, ...]
    length: int
    note: str
    at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A connection and how it ended.

    Attributes:
        id: number within the transcript, from 0.
        address: peer address as ``host:port``.
        tls: TLS version and ALPN, empty for cleartext.
        opened: when it was established; None if it could not be.
        closed: when its end was known; None if it was still open at the end of the record.
        closed_by: ``peer``, ``us`` or empty.
        reset: it ended by a reset.
        after_end: octets received after the last exchange had ended, shortened to 4 KiB.
        frames: HTTP/2 frames in order, both directions: the first FIRST_FRAMES_KEPT and the last
            LAST_FRAMES_KEPT.
        frames_seen: how many there were in all.
        goaway: error code of the last GOAWAY received; None if none was.
    """

    id: int
    address: str
    tls: str = ""
    opened: Moment | None = None
    closed: Moment | None = None
    closed_by: str = ""
    reset: bool = False
    after_end: bytes = b""
    frames: tuple[Frame, ...] = ()
    frames_seen: int = 0
    goaway: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a read-back found.

    Attributes:
        way: how it was fetched, in words.
        found: octets were found at all.
        octets: the stored octets, or the first 1 MiB of them.
        length: how many in all.
        sha256: digest of all.
        detail: what went wrong where nothing was found.
    """

    way: str
    found: bool
    octets: bytes = b""
    length: int = 0
    sha256: bytes = b""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The record of one scenario run."""

    connections: tuple[Connection, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    stored: tuple[Stored, ...] = ()

    def exchange(self, number: int) -> Exchange:
        """Return an exchange by its id."""
        return self.exchanges[number]

    def connection(self, number: int) -> Connection:
        """Return a connection by its id."""
        return self.connections[number]
