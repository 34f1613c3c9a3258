"""A request as it went out, what came back for it, and how that ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conformance.model.message import FieldLine, Message, Moment, values_of


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
        return values_of(self.fields, name)


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
