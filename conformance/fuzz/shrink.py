"""Makes a trial smaller while it still shows the same violation.

Steps are dropped in ever smaller groups (delta debugging), then what is left is made plainer, and
the numbers in it are drawn together. Every candidate is played against the target.
"""

from __future__ import annotations

import math
import time
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from conformance.model.scenario import (
    ContentKind,
    ExchangeStep,
    ReadBackStep,
    ResumeStep,
    TogetherStep,
)
from conformance.model.values import Octets, Ref, Size

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from conformance.fuzz.trial import FuzzStep, Trial

#: candidates played for one finding
MOST: Final = 160


class Shrinker:
    """Makes one trial smaller.

    Attributes:
        tried: candidates played.
    """

    def __init__(
        self,
        shows: Callable[[Trial], Awaitable[bool]],
        most: int = MOST,
        until: float = math.inf,
    ) -> None:
        """Prepare.

        Args:
            shows: plays a trial and tells whether it shows the violation.
            most: candidates to play at most.
            until: monotonic seconds after which no further candidate is played.
        """
        self._until = until
        self.tried = 0
        self._shows = shows
        self._most = most

    async def shrink(self, trial: Trial) -> Trial:
        """Return the smallest trial found that still shows the violation."""
        best = trial
        while True:
            before = best
            best = await self._fewer_steps(best)
            best = await self._plainer(best)
            if best == before or self._spent:
                return await self._smaller_numbers(best)

    @property
    def _spent(self) -> bool:
        return self.tried >= self._most or time.monotonic() >= self._until

    async def _keeps(self, candidate: Trial | None) -> bool:
        if candidate is None or self._spent:
            return False
        self.tried += 1
        return await self._shows(candidate)

    async def _fewer_steps(self, trial: Trial) -> Trial:
        group = max(1, len(trial.steps) // 2)
        while group:
            start = len(trial.steps)
            while start > 0:
                start = max(0, start - group)
                drop = {step.name for step in trial.steps[start : start + group]}
                candidate = without(trial, drop)
                if await self._keeps(candidate) and candidate is not None:
                    trial = candidate
                start = min(start, len(trial.steps))
            group //= 2
        return trial

    async def _plainer(self, trial: Trial) -> Trial:
        for index in range(len(trial.steps)):
            for step in _plainer_steps(trial.steps[index]):
                candidate = replace(
                    trial, steps=(*trial.steps[:index], step, *trial.steps[index + 1 :])
                )
                if await self._keeps(candidate):
                    trial = candidate
        return trial

    async def _smaller_numbers(self, trial: Trial) -> Trial:
        if trial.content.kind is not ContentKind.GENERATED or _spelt_out(trial):
            return trial
        for factor in (1, 8, 100):
            candidate = drawn_together(trial, factor)
            if candidate != trial and await self._keeps(candidate):
                return candidate
        return trial


def _spelt_out(trial: Trial) -> bool:
    """Tell whether a step holds literal octets around content: they tell its size and place."""
    steps = (each for each in trial.steps if isinstance(each, ExchangeStep))
    return any(part.content is not None for step in steps for part in step.octets)


def without(trial: Trial, names: set[str]) -> Trial | None:
    """Return a trial without some steps and all that rest on them; None if nothing is left."""
    dropped, kept = set(names), []
    for step in trial.steps:
        if step.name in dropped or names_in(step, values_only=True) & dropped:
            dropped.add(step.name)
            dropped |= {each.name for each in getattr(step, "steps", ())}
            continue
        kept.append(_over_kept(step, dropped))
    return replace(trial, steps=tuple(kept)) if kept else None


def _over_kept(step: FuzzStep, dropped: set[str]) -> FuzzStep:
    if isinstance(step, ExchangeStep) and step.over in dropped:
        return replace(step, over=None, pipelined=False)
    return step


def names_in(step: FuzzStep, *, values_only: bool = False) -> set[str]:
    """Return the steps a step cannot do without; ``values_only`` leaves out connections."""
    found = {each.name for each in _refs(step)}
    match step:
        case TogetherStep():
            for each in step.steps:
                found |= names_in(each, values_only=values_only)
        case ExchangeStep():
            found |= {step.of, step.repeat_of, *step.given}
            if not values_only and step.over is not None:
                found.add(step.over)
        case ResumeStep():
            found.add(step.exchange)
        case ReadBackStep():
            found |= {step.of, *step.given}
    return found - {"", "content", "draft", "target", "self"}


def _refs(value: object) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _refs(each)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from _refs(getattr(value, each.name))


def _plainer_steps(step: FuzzStep) -> Iterator[FuzzStep]:
    """Yield the same step with one thing less; each is tried on its own."""
    if not isinstance(step, ExchangeStep):
        return
    changes: list[dict[str, Any]] = [
        {"over": None, "pipelined": False},
        {"trickle": None},
        {"framing": None},
        {"hold": None},
        {"fields": ()},
        {"method": ""},
        {"cut": None},
    ]
    if isinstance(step.length, Size):
        changes.append({"length": None})
    for change in changes:
        plainer = replace(step, **change)
        if plainer != step:
            yield plainer


def drawn_together(trial: Trial, factor: int) -> Trial:
    """Return a trial with the same order of numbers, but with small ones.

    Args:
        trial: what to make smaller.
        factor: how far apart two neighbouring numbers are then.
    """
    numbers = sorted({each.count for each in _octets(trial.steps)} | {0, trial.content.size})
    small = {number: rank * factor for rank, number in enumerate(numbers)}
    if any(small[number] > number for number in numbers):
        return trial
    steps = tuple(_renumbered(step, small) for step in trial.steps)
    size = small[trial.content.size]
    return replace(trial, steps=steps, content=replace(trial.content, size=size))


def _octets(value: object) -> Iterator[Octets]:
    if isinstance(value, Octets):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _octets(each)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from _octets(getattr(value, each.name))


def _renumbered(value: Any, small: dict[int, int]) -> Any:
    if isinstance(value, Octets):
        return Octets(small[value.count])
    if isinstance(value, tuple):
        return tuple(_renumbered(each, small) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        changes = {each.name: getattr(value, each.name) for each in fields(value)}
        return replace(value, **{n: _renumbered(v, small) for n, v in changes.items()})
    return value
