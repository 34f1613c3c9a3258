"""A single exchange with the target, outside of any scenario: for sanity checks and the probe."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.model.transcript import Exchange

if TYPE_CHECKING:
    from conformance.model.scenario import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request to make on a connection of its own.

    Attributes:
        method: method token.
        url: absolute URL.
        fields: field lines besides Host and framing.
        content: content; None for no framing field at all.
        hold: withhold the content until one of these events, at most ``hold_at_most`` seconds.
    """

    method: str
    url: str
    fields: tuple[tuple[str, str], ...] = ()
    content: bytes | None = None
    hold: Collection[Point] = ()
    hold_at_most: float = 1.0


Ask = Callable[[Question], Awaitable[Exchange]]
