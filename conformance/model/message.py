"""A message as it was received: fields, content, and what deviates from the syntax."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

#: received content kept verbatim, octets per message
CONTENT_KEPT = 1_048_576


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


def values_of(fields: tuple[FieldLine, ...], name: str) -> tuple[bytes, ...]:
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
        return values_of(self.fields, name)

    def value(self, name: str) -> bytes | None:
        """Return the combined value of a field (RFC 9110 section 5.3); None if absent."""
        values = self.values(name)
        return b", ".join(values) if values else None
