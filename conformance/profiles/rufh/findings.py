"""What a standing rule found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One look of a standing rule at something it is about.

    Attributes:
        requirement: the requirement it speaks of.
        holds: the requirement was honoured here.
        expected: what it demands, in words.
        observed: what was there, in words.
        exchanges: ids of the exchanges that show it.
    """

    requirement: str
    holds: bool
    expected: str
    observed: str
    exchanges: tuple[int, ...]
