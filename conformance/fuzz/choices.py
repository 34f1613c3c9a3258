"""Where the grammar's decisions come from: a seeded generator, or whoever else can choose.

The grammar asks for nothing but these few things, so that the same grammar serves a fast seeded
generator and a Hypothesis strategy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

T = TypeVar("T")


class Choices(Protocol):
    """Decides."""

    def integer(self, low: int, high: int) -> int:
        """Choose an integer, both ends included."""
        ...

    def among(self, options: Sequence[T]) -> T:
        """Choose one of some options; simpler ones come first."""
        ...

    def weighted(self, options: Sequence[tuple[int, T]]) -> T:
        """Choose one of some options, each as often as its weight says."""
        ...

    def chance(self, percent: int) -> bool:
        """Say yes in so many of a hundred cases."""
        ...


class SeededChoices:
    """Decides by a pseudo-random generator; the same seed always decides alike."""

    __slots__ = ("_random",)

    def __init__(self, generator: random.Random) -> None:
        self._random = generator

    def integer(self, low: int, high: int) -> int:
        """Choose an integer, both ends included."""
        return low + int(self._random.random() * (high - low + 1))

    def among(self, options: Sequence[T]) -> T:
        """Choose one of some options."""
        return options[int(self._random.random() * len(options))]

    def weighted(self, options: Sequence[tuple[int, T]]) -> T:
        """Choose one of some options, each as often as its weight says."""
        point = self._random.random() * sum(weight for weight, _ in options)
        for weight, option in options:
            point -= weight
            if point < 0:
                return option
        return options[-1][1]

    def chance(self, percent: int) -> bool:
        """Say yes in so many of a hundred cases."""
        return self._random.random() * 100 < percent
