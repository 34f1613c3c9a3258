"""What waits on an HTTP/1 connection on the path, and what is told of a response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.model.scenario import Point
from conformance.proxy.passage import Passage, fits
from conformance.proxy.side import Told

if TYPE_CHECKING:
    from conformance.codec.h1_requests import RequestSpan
    from conformance.codec.h1_responses import ResponseHead, ResponseSpan
    from conformance.faults.chosen import Chosen


@dataclass(slots=True)
class Up:
    """Something on its way to the server; no span is the end of the connection."""

    passage: Passage | None
    span: RequestSpan | None


@dataclass(slots=True)
class Down:
    """Something on its way to the client; no octets at all are the end of the connection."""

    passage: Passage | None
    span: ResponseSpan | None
    octets: bytes | None
    due: float = 0.0
    lost: bool = False
    again: bool = False


def last_of(going: list[Passage], method: str, target: str) -> Passage | None:
    """Return the last of some exchanges that is of a kind."""
    for passage in reversed(going):
        if (passage.client.asked.method, passage.client.asked.target) == (method, target):
            return passage
    return None


def told_of(span: ResponseHead, octets: bytes | None = None) -> Told:
    """Return what a head tells, with other octets than its own if some got lost."""
    head = span.head
    return Told(
        status=head.status,
        reason=head.reason,
        version=head.version,
        fields=head.fields,
        head=span.octets if octets is None else octets,
    )


def stripped(chosen: Chosen, span: ResponseHead) -> bytes:
    """Return a head without the field lines that get lost."""
    strip = chosen.strip
    if strip is None:
        return span.octets
    meant = fits(strip.what, span.head.status) if span.interim else Point.FINAL_HEAD in strip.what
    if not meant:
        return span.octets
    names = {name.lower().encode("latin-1", "replace") for name in strip.fields}
    kept, losing = [], False
    for line in span.octets.splitlines(keepends=True):
        if line[:1] not in (b" ", b"\t"):  # a folded line shares the fate of the one before
            losing = line.partition(b":")[0].strip().lower() in names
        if not losing:
            kept.append(line)
    return b"".join(kept)
