"""The set of states an upload may be in, as far as what was sent and answered tells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

#: offsets from, to, both included
Interval: TypeAlias = tuple[int, int]

#: more than any upload here holds
ANY: Final[Interval] = (0, 1 << 50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """Which states an upload may be in.

    Attributes:
        active: offsets at which it may be waiting for more; None if it cannot be.
        complete: offsets at which it may be complete; None if it cannot be.
        gone: it may be unknown to the target.
    """

    active: Interval | None = None
    complete: Interval | None = None
    gone: bool = True

    @property
    def exact(self) -> int | None:
        """Return the one offset it must be active at, unless it is gone."""
        if self.active is None or self.complete is not None or self.active[0] != self.active[1]:
            return None
        return self.active[0]

    @property
    def only_complete(self) -> bool:
        """Tell whether it is complete, unless it is gone."""
        return self.active is None and self.complete is not None

    def may_be_active_at(self, offset: int) -> bool:
        """Tell whether it may be waiting at an offset."""
        return within(offset, self.active)

    def may_be_complete_at(self, offset: int) -> bool:
        """Tell whether it may be complete with so many octets."""
        return within(offset, self.complete)

    def seen_at(self, offset: int, complete: bool | None) -> Possible:
        """Return what is left when an offset (and perhaps completeness) was told."""
        point = (offset, offset)
        active = point if self.may_be_active_at(offset) and complete is not True else None
        done = point if self.may_be_complete_at(offset) else None
        return Possible(active=active, complete=done, gone=False)

    def or_else(self, other: Possible) -> Possible:
        """Return the states of either."""
        return Possible(
            active=_hull(self.active, other.active),
            complete=_hull(self.complete, other.complete),
            gone=self.gone or other.gone,
        )

    def perhaps_gone(self) -> Possible:
        """Return the same, and that it may be unknown to the target by now."""
        return replace(self, gone=True)

    def __str__(self) -> str:
        words = []
        if self.active is not None:
            words.append(f"active at {_interval(self.active)}")
        if self.complete is not None:
            words.append(f"complete at {_interval(self.complete)}")
        if self.gone:
            words.append("gone")
        return ", or ".join(words) or "none"


NOT_KNOWN: Final = Possible(active=ANY, complete=ANY)
GONE: Final = Possible()


def active_at(low: int, high: int | None = None) -> Possible:
    """Return the state of an upload that waits at an offset, or within an interval."""
    return Possible(active=(low, low if high is None else high), gone=False)


def complete_at(offset: int) -> Possible:
    """Return the state of an upload that is complete."""
    return Possible(complete=(offset, offset), gone=False)


def within(offset: int, interval: Interval | None) -> bool:
    """Tell whether an offset lies in an interval."""
    return interval is not None and interval[0] <= offset <= interval[1]


def _hull(one: Interval | None, other: Interval | None) -> Interval | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])


def _interval(interval: Interval) -> str:
    low, high = interval
    if low == high:
        return f"offset {low}"
    return "any offset" if interval == ANY else f"an offset from {low} to {high}"
