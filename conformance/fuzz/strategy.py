"""The grammar as a Hypothesis strategy, for property tests and the pytest plugin.

Hypothesis is an extra; without it everything else of the fuzzer works.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from conformance.fuzz.grammar import draw
from conformance.model.errors import SuiteError
from conformance.profiles.rufh.drafts import DRAFTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from conformance.fuzz.trial import Trial

T = TypeVar("T")


class _Drawn:
    """Decides by what Hypothesis draws, so that it can shrink every decision."""

    def __init__(self, draw_one: DrawFn) -> None:
        self._draw = draw_one

    def integer(self, low: int, high: int) -> int:
        from hypothesis import strategies

        return self._draw(strategies.integers(low, max(low, high)))

    def among(self, options: Sequence[T]) -> T:
        return options[self.integer(0, len(options) - 1)]

    def weighted(self, options: Sequence[tuple[int, T]]) -> T:
        point = self.integer(0, sum(weight for weight, _ in options) - 1)
        for weight, option in options:
            point -= weight
            if point < 0:
                return option
        return options[-1][1]

    def chance(self, percent: int) -> bool:
        return self.integer(0, 99) >= 100 - percent


def trials(
    draft: int,
    *,
    transport: str = "h1",
    read_back: bool = False,
    limits: Mapping[str, int] | None = None,
) -> SearchStrategy[Trial]:
    """Return a strategy for trials in a draft; for its arguments see :func:`grammar.draw`.

    Raises:
        SuiteError: Hypothesis is not installed.
    """
    try:
        from hypothesis import strategies
    except ImportError:
        raise SuiteError(
            "this needs Hypothesis, which is not installed: "
            "pip install 'resumable-conformance[fuzz]'"
        ) from None

    @strategies.composite
    def one(draw_one: DrawFn) -> Trial:
        return draw(
            _Drawn(draw_one),
            DRAFTS[draft],
            seed="fuzz-hypothesis",
            transport=transport,
            read_back=read_back,
            limits=limits,
            origin="hypothesis",
        )

    return one()
