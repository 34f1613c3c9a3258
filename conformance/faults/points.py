"""When the events that cuts and holds wait for have been reached.

One vocabulary for whoever interrupts: what an exchange has to tell about itself is
:class:`Facts`, and :func:`reached` says since when a point is behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from conformance.model.scenario import Point

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from conformance.model.transcript import Moment


class Facts(Protocol):
    """What is known of an exchange while it goes on."""

    @property
    def first_interims(self) -> Mapping[int, Moment]:
        """When the first interim response of each status arrived."""
        ...

    @property
    def final_at(self) -> Moment | None:
        """When the head of the final response was complete."""
        ...

    @property
    def final_ended(self) -> Moment | None:
        """When the final response was complete."""
        ...

    @property
    def head_at(self) -> Moment | None:
        """When the request's header section was handed over."""
        ...

    @property
    def ended_at(self) -> Moment | None:
        """When everything the request's framing promised was handed over."""
        ...


def _any_interim(facts: Facts) -> Moment | None:
    return min(facts.first_interims.values(), default=None)


_WHEN: Mapping[Point, Callable[[Facts], Moment | None]] = {
    Point.INTERIM_100: lambda facts: facts.first_interims.get(100),
    Point.INTERIM_104: lambda facts: facts.first_interims.get(104),
    Point.ANY_INTERIM: _any_interim,
    Point.FINAL_HEAD: lambda facts: facts.final_at,
    Point.FINAL: lambda facts: facts.final_ended,
    Point.HEADER_END: lambda facts: facts.head_at,
    Point.CONTENT_END: lambda facts: facts.ended_at,
}


def reached(point: Point, facts: Facts) -> Moment | None:
    """Return when an exchange reached a point; None while it has not."""
    return _WHEN[point](facts)


def first_reached(points: Collection[Point], facts: Facts) -> Point | None:
    """Return which of several points was reached first; None while none has been."""
    found = [(moment, point) for point in points if (moment := reached(point, facts)) is not None]
    return min(found, key=lambda pair: pair[0])[1] if found else None
