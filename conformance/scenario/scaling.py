"""Fitting a case to a target's limits by one power of two.

The content's size and every constant above 1 KiB in the steps are multiplied by the same power of
two. So parts keep their proportions, percentages need nothing, and small constants that stand for
an off-by-one (``10 KiB - 1 B``) stay what they are. Content that is fixed, literal or coded is left
alone.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from conformance.model.node import Mark
from conformance.model.scenario import (
    Case,
    ContentKind,
    ExchangeStep,
    TogetherStep,
    Verb,
)
from conformance.model.values import Octets, Size
from conformance.profiles.rufh.verbs import completing
from conformance.scenario.decode import constant
from conformance.scenario.header import MAX_CONTENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.model.scenario import Step

_SMALL: Final = 1024
_EXPONENTS: Final = tuple(sorted(range(-10, 17), key=lambda exponent: (abs(exponent), exponent)))


class TooSmall(Exception):  # noqa: N818 - a state of affairs, not an error
    """No size fits the target's ``max-size``."""


def fit(case: Case, limits: Mapping[str, int], extra: int = 0) -> tuple[Case, int]:
    """Return the case with sizes that respect a target's limits, and its content's size.

    Sizes are changed as little as possible. Where not every piece can respect the append limits,
    the choice that breaks them least is taken.

    Args:
        case: what the file says.
        limits: ``max-size``, ``min-size``, ``max-append-size``, ``min-append-size`` in octets.
        extra: smallest content the target's prefix and suffix need.

    Raises:
        TooSmall: not even the smallest content respects ``max-size``.
    """
    content = case.scenario.content
    if content.kind is not ContentKind.GENERATED or content.fixed or not content.size:
        return case, content.size
    if not limits and content.size >= extra:
        return case, content.size
    best: tuple[int, int] | None = None
    for exponent in _EXPONENTS:
        size = _times(content.size, exponent)
        if not max(extra, 1) <= size <= min(limits.get("max-size", MAX_CONTENT), MAX_CONTENT):
            continue
        broken = _broken(case, size, exponent, limits)
        if best is None or broken < best[0]:
            best = broken, exponent
        if not broken:
            break
    if best is None:
        raise TooSmall
    return scale(case, best[1]), _times(content.size, best[1])


def scale(case: Case, exponent: int) -> Case:
    """Multiply every constant above 1 KiB in the steps by a power of two."""
    if not exponent:
        return case
    return replace(case, steps=tuple(_scaled(step, exponent) for step in case.steps))


def _times(count: int, exponent: int) -> int:
    return count << exponent if exponent >= 0 else count >> -exponent


def _scaled(value: Any, exponent: int) -> Any:
    if isinstance(value, Octets):
        count = value.count
        return Octets(_times(count, exponent)) if count > _SMALL else value
    if isinstance(value, tuple):
        return tuple(_scaled(item, exponent) for item in value)
    if is_dataclass(value) and not isinstance(value, type | Mark):
        new = {each.name: _scaled(getattr(value, each.name), exponent) for each in fields(value)}
        return replace(value, **new)
    return value


def _broken(case: Case, size: int, exponent: int, limits: Mapping[str, int]) -> int:
    """Count the pieces (and the whole) that break a limit."""
    low = limits.get("min-append-size", 0)
    high = limits.get("max-append-size", MAX_CONTENT)
    count = int(size < limits.get("min-size", 0))
    for step, piece in _pieces(scale(case, exponent), size):
        short = 0 < piece < low and not completing(step)
        count += int(short or piece > high)
    return count


def _pieces(case: Case, size: int) -> Iterator[tuple[ExchangeStep, int]]:
    """Yield creations and appends with the octets they send, where that is constant."""
    for step in _exchanges(case.steps):
        if step.verb not in (Verb.CREATE, Verb.APPEND) or step.repeat_of:
            continue
        send = step.send
        start = constant(send.start, size) if send else _default_start(step, size)
        end = constant(send.end, size) if send else size
        if start is not None and end is not None:
            yield step, max(0, end - start)


def _default_start(step: ExchangeStep, size: int) -> int | None:
    return constant(step.at, size) if isinstance(step.at, Size) else 0


def _exchanges(steps: tuple[Step, ...]) -> Iterator[ExchangeStep]:
    for step in steps:
        if isinstance(step, ExchangeStep):
            yield step
        elif isinstance(step, TogetherStep):
            yield from step.steps
