"""What a scenario does to an exchange under way: cut it off, hold content back, let it trickle."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conformance.model.exchange import CutHow
from conformance.model.values import Duration, Size


class Point(StrEnum):
    """Events of an exchange that cuts and holds can wait for."""

    INTERIM_100 = "interim 100"
    INTERIM_104 = "interim 104"
    ANY_INTERIM = "interim"
    FINAL_HEAD = "final head"
    FINAL = "final"
    HEADER_END = "header end"
    CONTENT_END = "content end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """An interruption of the exchange we are in.

    Attributes:
        how: kind of interruption.
        after: content octets to hand over first; None with ``once``.
        once: the event to wait for instead.
        wait_for: event awaited (at most ``at_most``) after the header section went out and before
            content is sent, so that the peer has a fair chance to answer; None: do not wait.
        at_most: bound on that wait.
    """

    how: CutHow
    after: Size | None = None
    once: Point | None = None
    wait_for: Point | None = Point.INTERIM_104
    at_most: Duration = Duration(1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Content is withheld from an octet on until one of some events, or a bound.

    Attributes:
        at: content octets handed over before holding.
        until: events that end it.
        at_most: bound on the wait.
        then: what follows when it ends: ``send`` the rest or ``stop`` sending for good.
    """

    until: tuple[Point, ...]
    at: Size | None = None
    at_most: Duration = Duration(5.0)
    then: str = "send"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trickle:
    """Content goes out in pieces, each in a segment of its own.

    Attributes:
        piece: octets in each piece.
        every: pause between two pieces (scaled like every waiting).
    """

    piece: Size
    every: Duration = Duration(0.0)
