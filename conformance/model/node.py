"""Documents with places: what a YAML file says before anybody decides what it means.

Nodes compare by value; the place is not part of the value, so that a written and re-read document
equals the first one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

ScalarValue: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place in a file; line and column count from 1, column in characters."""

    file: str
    line: int
    column: int


NOWHERE = Mark(file="<generated>", line=1, column=1)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, already read by the YAML 1.2 core schema."""

    value: ScalarValue
    mark: Mark = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    mark: Mark = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping; keys are strings, unique, in the order of the file."""

    entries: tuple[tuple[Scalar, Node], ...]
    mark: Mark = field(default=NOWHERE, compare=False)

    def get(self, key: str) -> Node | None:
        """Return the value under a key, or None."""
        for name, node in self.entries:
            if name.value == key:
                return node
        return None

    def key(self, key: str) -> Scalar:
        """Return the key's own node, for its place; the mapping's place if it is not there."""
        found = next((name for name, _ in self.entries if name.value == key), None)
        return found if found is not None else Scalar(key, self.mark)

    def __iter__(self) -> Iterator[tuple[str, Node]]:
        return ((str(name.value), node) for name, node in self.entries)


Node: TypeAlias = Scalar | Sequence | Mapping
