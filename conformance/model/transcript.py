"""What happened on the wire: frozen, role-blind, ignorant of steps and requirements.

Generated content is recorded as ranges of its source, everything else verbatim. Received content
beyond a bound keeps length, digest, head and tail. Moments are ordered by ``seq`` (one counter per
transcript); ``at`` is monotonic seconds since the transcript began.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

#: received content kept verbatim, octets per message
CONTENT_KEPT = 1_048_576
#: HTTP/2 frames kept per connection, from its beginning and from its end
FIRST_FRAMES_KEPT = 2_000
LAST_FRAMES_KEPT = 200


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A point in a transcript."""

    seq: int
    at: float = field(compare=False)


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field line as received or sent; name in its own case, value without outer whitespace."""

    name: bytes
    value: bytes


@lru_cache(maxsize=256)
def _folded(name: str) -> bytes:
    return name.lower().encode("ascii")


def _values(fields: tuple[FieldLine, ...], name: str) -> tuple[bytes, ...]:
    """Return the values of the lines with a name; every check of a run asks, so it is quick."""
    wanted = _folded(name)
    length = len(wanted)
    # A list first: it is half as dear as a generator.
    return tuple(
        [line.value for line in fields if len(line.name) == length and line.name.lower() == wanted]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """A deviation of received octets from the message syntax.

    Attributes:
        rule: stable name, for example ``bare-lf`` or ``content-length-on-1xx``.
        source: where the rule stands, for example ``RFC 9112 section 2.2``.
        detail: what was seen.
        octets: the offending octets, shortened to 80.
    """

    rule: str
    source: str
    detail: str
    octets: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedContent:
    """Content of a received message, transfer codings removed.

    Attributes:
        length: octets in all.
        octets: the content if it is at most CONTENT_KEPT long, else its first 4 KiB.
        tail: the last 4 KiB where it was shortened.
        sha256: digest of all octets.
        complete: the framing was honoured to its end.
    """

    length: int
    octets: bytes
    tail: bytes = b""
    sha256: bytes = b""
    complete: bool = True

    @property
    def shortened(self) -> bool:
        """Tell whether ``octets`` is only the head of the content."""
        return len(self.octets) < self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A received message: an interim or a final response (or a request, for a server role).

    Attributes:
        status: status code; 0 for a request.
        reason: reason phrase as received.
        version: ``HTTP/1.1``, ``HTTP/1.0`` or ``HTTP/2``.
        fields: field lines in order.
        trailers: trailer field lines in order.
        head: the header section's raw octets, start line included, shortened to 64 KiB; for HTTP/2
            the decoded field lines as text, pseudo-fields first (``:status: 104``).
        began: the first octet arrived.
        at: the header section was complete.
        ended: the content was complete; None while it is not (or for interim responses: as at).
        content: received content; None for interim responses.
        lints: deviations found in the raw octets.
        sent_before: octets of the request's content handed to the kernel when the head arrived.
    """

    status: int
    reason: bytes
    version: str
    fields: tuple[FieldLine, ...]
    head: bytes
    began: Moment
    at: Moment
    ended: Moment | None
    content: ReceivedContent | None = None
    trailers: tuple[FieldLine, ...] = ()
    lints: tuple[Lint, ...] = ()
    sent_before: int = 0

    def values(self, name: str) -> tuple[bytes, ...]:
        """Return the values of all field lines with a name, compared without case."""
        return _values(self.fields, name)

    def value(self, name: str) -> bytes | None:
        """Return the combined value of a field (RFC 9110 section 5.3); None if absent."""
        values = self.values(name)
        return b", ".join(values) if values else None


class Framing(StrEnum):
    """How the end of a request's content is told."""

    NONE = "none"
    CONTENT_LENGTH = "content-length"
    CHUNKED = "chunked"
    CLOSE = (
        "close"  # by the end of the connection; requests may not do this, so servers must refuse
    )
    RAW = "raw"  # octets written as they are; we do not know


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRange:
    """A run of representation data that was handed over: octets [start, end) with a mark."""

    start: int
    end: int
    mark: int = 0


class CutHow(StrEnum):
    """How an exchange is interrupted on purpose."""

    CLOSE = "close"  # FIN after everything written was acknowledged; on h2 the connection is lost
    RESET = "reset"  # RST; on h2 RST_STREAM
    HALF_CLOSE = "half-close"  # shutdown of our sending side only
    TLS_TRUNCATE = "tls-truncate"  # FIN without close_notify


@dataclass(frozen=True, slots=True, kw_only=True)
class CutMade:
    """An interruption we really made.

    Attributes:
        how: the kind that was made, which may differ from the one asked for (see note).
        content_handed: octets of this request's content handed to the kernel before it.
        acknowledged: of these, octets the peer's kernel had acknowledged; None if unknown.
        at: when.
        note: why it differs from what was asked for, else empty.
    """

    how: CutHow
    content_handed: int
    acknowledged: int | None
    at: Moment
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRequest:
    """A request as it went out.

    Attributes:
        method: method token, empty for raw octets.
        target: request target as sent.
        url: absolute URL the target stands for.
        version: ``HTTP/1.1``, ``HTTP/1.0`` or ``HTTP/2``.
        fields: field lines as sent.
        head: header section octets as sent (for raw octets: everything sent, shortened to 64 KiB);
            for HTTP/2 its field lines as text, pseudo-fields first.
        framing: how content was framed.
        declared: content octets the framing promises; None if it does not say.
        ranges: representation data handed to the kernel, in order.
        handed: content octets handed to the kernel in all.
        head_at: the header section was handed over; None if it never was.
        content_at: the first content octet was handed over.
        ended_at: everything the framing promised was handed over; None if it never was.
        cut: the interruption made, if any.
        at_offset: position of the content in the representation as the request stated or implied.
    """

    method: str
    target: str
    url: str
    version: str
    fields: tuple[FieldLine, ...]
    head: bytes
    framing: Framing
    declared: int | None
    ranges: tuple[SentRange, ...] = ()
    handed: int = 0
    head_at: Moment | None = None
    content_at: Moment | None = None
    ended_at: Moment | None = None
    cut: CutMade | None = None
    at_offset: int = 0

    @property
    def complete(self) -> bool:
        """Tell whether the whole request was handed over."""
        return self.ended_at is not None

    def values(self, name: str) -> tuple[bytes, ...]:
        """Return the values of all field lines with a name, compared without case."""
        return _values(self.fields, name)


class End(StrEnum):
    """How an exchange ended, as seen by us."""

    FINAL = "final"  # a final response was received to its end
    CUT = "cut"  # we interrupted it before a final response
    CLOSED = "closed"  # the peer closed its side before a complete final response
    RESET = "reset"  # the peer reset the connection or stream
    DEADLINE = "deadline"  # nothing (more) came in time
    REFUSED = "refused"  # no connection could be made
    MALFORMED = "malformed"  # what came is not HTTP
    BOUND = "bound"  # the peer sent more than we accept
    OPEN = "open"  # still going on when the record was taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request with everything that came back for it.

    Attributes:
        id: number within the transcript, from 0.
        connection: id of the connection used.
        request: what was sent.
        interims: interim responses in order of arrival (at most 1,000 are kept).
        interims_seen: how many arrived in all.
        final: the final response, possibly incomplete.
        end: how it ended.
        ended: when.
        detail: plain words about the end, for example ``no octet within 5.0 s``.
        stray: octets received that belong to no response, shortened to 4 KiB.
        stream: HTTP/2 stream it was made on; 0 for HTTP/1, or if none was opened.
        reset_code: error code of a RST_STREAM received on that stream; None if none was.
    """

    id: int
    connection: int
    request: SentRequest
    interims: tuple[Message, ...] = ()
    interims_seen: int = 0
    final: Message | None = None
    end: End = End.OPEN
    ended: Moment | None = None
    detail: str = ""
    stray: bytes = b""
    stream: int = 0
    reset_code: int | None = None


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
