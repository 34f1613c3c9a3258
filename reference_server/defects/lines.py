"""Small changes to field lines that many defects are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reference_server.core.messages import FieldLine


def without(lines: tuple[FieldLine, ...], name: str) -> tuple[FieldLine, ...]:
    """Return field lines without those of a name."""
    return tuple(line for line in lines if line[0] != name)


def changed(lines: tuple[FieldLine, ...], name: str, value: str) -> tuple[FieldLine, ...]:
    """Return field lines with another value for a name."""
    return tuple((name, value) if line[0] == name else line for line in lines)
