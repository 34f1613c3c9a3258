"""Which faults happen to the exchanges that come along a path, and where: seeded, repeatable.

The same plan over the same sequence of exchanges chooses the same faults and the same octets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, TypeVar

from conformance.model.values import EndOfContent, Octets, Percent, Ref

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.faults.fault import Delay, Fault, FaultPlan, Strip
    from conformance.model.scenario import Cut, Hold, Point, Trickle
    from conformance.model.values import Atom, Size

_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What happens to one exchange.

    Attributes:
        cut, hold, trickle, delay, strip, drop, duplicate, lose: see
            :class:`conformance.faults.fault.Fault`; the first fault that says something counts.
        extra: share of ``jitter`` to add to the cut, 0 to 1.
        jitter: octets that share is of.
        faults: positions in the plan of the faults that happen, from 1.
    """

    cut: Cut | None = None
    hold: Hold | None = None
    trickle: Trickle | None = None
    delay: Delay | None = None
    strip: Strip | None = None
    drop: tuple[Point, ...] = ()
    duplicate: tuple[Point, ...] = ()
    lose: bool = False
    extra: float = 0.0
    jitter: Size | None = None
    faults: tuple[int, ...] = ()


class Chooser:
    """Chooses for one exchange after the other.

    Args:
        plan: what may happen.
    """

    __slots__ = ("_plan", "_seen")

    def __init__(self, plan: FaultPlan) -> None:
        self._plan = plan
        self._seen = [0] * len(plan.faults)

    def choose(self, method: str, target: str) -> Chosen:
        """Return what happens to the next exchange.

        Args:
            method: its method token.
            target: its request target; scheme, authority and query do not count.
        """
        path, happens = path_of(target), []
        for number, fault in enumerate(self._plan.faults):
            if not fault.on.fits(method, path):
                continue
            self._seen[number] += 1
            ordinal = self._seen[number]
            if fault.on.selects(method, path, ordinal):
                luck = Random(f"{self._plan.seed}/{number}/{ordinal}")
                if luck.random() * 100 < fault.chance:
                    happens.append((number + 1, fault, luck.random()))
        return _merged(happens)


def _merged(happens: list[tuple[int, Fault, float]]) -> Chosen:
    faults = [fault for _, fault, _ in happens]
    chosen = Chosen(
        cut=_first(fault.cut for fault in faults),
        hold=_first(fault.hold for fault in faults),
        trickle=_first(fault.trickle for fault in faults),
        delay=_first(fault.delay for fault in faults),
        strip=_first(fault.strip for fault in faults),
        drop=tuple(point for fault in faults for point in fault.drop),
        duplicate=tuple(point for fault in faults for point in fault.duplicate),
        lose=any(fault.lose for fault in faults),
        faults=tuple(number for number, _, _ in happens),
    )
    for _, fault, extra in happens:
        if fault.cut is not None:
            return replace(chosen, extra=extra, jitter=fault.jitter)
    return chosen


def _first(parts: Iterable[_Part | None]) -> _Part | None:
    return next((part for part in parts if part is not None), None)


def path_of(target: str) -> str:
    """Return the path of a request target."""
    path = target.partition("?")[0]
    _, absolute, rest = path.partition("://")
    if not absolute:
        return path
    return f"/{rest.partition('/')[2]}"


def resolve(size: Size, content: int | None) -> int | None:
    """Return a size in octets; None if it depends on content whose length nobody tells.

    Args:
        size: without references to captures.
        content: octets of content in all.
    """
    total = 0
    for position, (sign, atom) in enumerate(size.terms):
        octets = _octets(atom, content)
        if octets is None or (position == 0 and sign < 0 and content is None):
            return None
        if position == 0 and sign < 0:
            total += content or 0
        total += sign * octets
    return max(0, total)


def _octets(atom: Atom, content: int | None) -> int | None:
    match atom:
        case Octets():
            return atom.count
        case Percent():
            return None if content is None else content * atom.share // 100
        case EndOfContent():
            return content
        case Ref():
            return None
