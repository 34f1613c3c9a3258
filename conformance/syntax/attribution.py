"""Whose octets are these: stored octets compared with what each request would have put there.

With ``mark: request`` no two requests put the same octet at one position (literal prefix and
suffix of the content excepted), so that comparing is proof. Content is looked at in pieces; the
memory needed does not grow with it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.model.content import Content

_PIECE = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Octets [start, end) all of which one source would have put there.

    Attributes:
        mark: the source's mark; None if no known source put them there.
    """

    start: int
    end: int
    mark: int | None


def first_difference(content: Content, stored: bytes, start: int, mark: int) -> int | None:
    """Return the first position at which octets differ from what a mark would have put there.

    Args:
        content: the representation data.
        stored: octets found.
        start: position of the first of them in the representation.
        mark: the source's mark.

    Returns:
        A position in the representation, or None if there is no difference.
    """
    for low in range(0, len(stored), _PIECE):
        found = stored[low : low + _PIECE]
        wanted = content.slice(start + low, start + low + len(found), mark)
        if found != wanted:
            return start + low + _differ(found, wanted)
    return None


def _differ(found: bytes, wanted: bytes) -> int:
    """Return where two runs of octets first differ, by halving what is compared."""
    low, high = 0, min(len(found), len(wanted))
    while low < high:
        middle = (low + high + 1) // 2
        if found[low:middle] == wanted[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def attribute(content: Content, stored: bytes, marks: Sequence[int], most: int = 64) -> list[Run]:
    """Attribute stored octets, from position 0 on, to the marks that explain them.

    A run goes on as long as its source explains the octets, and the next one is the source that
    explains most of what follows.

    Args:
        content: the representation data.
        stored: octets found.
        marks: marks of the known sources, in the order of preference.
        most: bound on the number of runs; the rest is one run without a source.
    """
    runs: list[Run] = []
    at = 0
    while at < len(stored) and len(runs) < most:
        best, reach = None, at
        for mark in marks:
            end = _explained(content, stored, at, mark)
            if end > reach:
                best, reach = mark, end
        if best is None:
            reach = _unexplained(content, stored, at, marks)
        runs.append(Run(start=at, end=reach, mark=best))
        at = reach
    if at < len(stored):
        runs.append(Run(start=at, end=len(stored), mark=None))
    return runs


def _explained(content: Content, stored: bytes, at: int, mark: int) -> int:
    differs = first_difference(content, stored[at:], at, mark)
    return len(stored) if differs is None else differs


def _unexplained(content: Content, stored: bytes, at: int, marks: Sequence[int]) -> int:
    """Return the end of octets nobody explains: the next 16 octets that somebody does, or all."""
    for low in range(at, len(stored), _PIECE):
        found = stored[low : low + _PIECE]
        wanted = [content.slice(low, low + len(found), mark) for mark in marks]
        for start in range(low + 1 if low == at else low, low + len(found), 16):
            probe = slice(start - low, start - low + 16)
            if any(each[probe] == found[probe] for each in wanted):
                return start
    return len(stored)


def digest(content: Content, runs: Iterable[tuple[int, int, int]]) -> bytes:
    """Return the SHA-256 of a representation made of (start, end, mark) runs."""
    whole = hashlib.sha256()
    for start, end, mark in runs:
        for piece in content.pieces(start, end, mark):
            whole.update(piece)
    return whole.digest()
