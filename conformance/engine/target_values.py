"""Reading single values of ``target.yaml``; every mistake has its place and a remedy."""

from __future__ import annotations

import difflib
import re
import shlex
from typing import TYPE_CHECKING

from conformance.engine.target import checked_field, secrets_of
from conformance.model.errors import ScenarioError, TargetError
from conformance.model.node import Mapping as MappingNode
from conformance.model.node import Node, Scalar, Sequence
from conformance.model.values import Octets
from conformance.syntax.values import describe, read_duration, read_size, scalar_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_ENV = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
Fields = tuple[tuple[str, str], ...]


def mapping_of(node: Node, what: str, keys: Collection[str]) -> MappingNode:
    """Return a mapping that has none but the keys given.

    Raises:
        ScenarioError: it is something else, or has an unknown key.
    """
    if not isinstance(node, MappingNode):
        raise ScenarioError(
            f"{what} must be a mapping, not {describe(node)}",
            node.mark,
            f"keys: {', '.join(sorted(keys))}",
        )
    for name, _ in node.entries:
        if name.value not in keys:
            near = difflib.get_close_matches(str(name.value), list(keys), n=1, cutoff=0.5)
            remedy = f"did you mean {near[0]}?" if near else f"keys: {', '.join(sorted(keys))}"
            raise ScenarioError(f"{what} has no key {str(name.value)[:40]!r}", name.mark, remedy)
    return node


def flag(node: Node, what: str) -> bool:
    """Return true or false."""
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    raise ScenarioError(f"{what} must be true or false, not {describe(node)}", node.mark)


def choice(node: Node, what: str, values: Collection[str]) -> str:
    """Return one of some words."""
    text = scalar_text(node, what)
    if text not in values:
        raise ScenarioError(
            f"{what} cannot be {text[:40]!r}", node.mark, f"one of {', '.join(values)}"
        )
    return text


def number(node: Node, what: str, low: float, high: float) -> float:
    """Return a number within bounds."""
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ScenarioError(f"{what} must be a number, not {describe(node)}", node.mark)
    if not low <= value <= high:
        raise ScenarioError(f"{what} must be from {low:g} to {high:g}, not {value}", node.mark)
    return float(value)


def texts(node: Node, what: str) -> tuple[str, ...]:
    """Return one text or a list of texts."""
    items = node.items if isinstance(node, Sequence) else (node,)
    return tuple(scalar_text(item, what) for item in items)


def command(node: Node, what: str) -> tuple[str, ...]:
    """Return an argument list, given as a list or as one line split like a shell does."""
    if isinstance(node, Sequence):
        argv = texts(node, what)
    else:
        try:
            argv = tuple(shlex.split(scalar_text(node, what)))
        except ValueError as error:
            raise ScenarioError(f"{what}: {error}", node.mark) from None
    if not argv or not argv[0]:
        raise ScenarioError(f"{what} is empty", node.mark, "write [program, argument, ...]")
    return argv


def octets(node: Node, what: str) -> int:
    """Return a constant size in octets."""
    size = read_size(node, what)
    if any(not isinstance(atom, Octets) for _, atom in size.terms):
        raise ScenarioError(f"{what} must be a plain size", node.mark, "write for example 10 MiB")
    total = sum(sign * atom.count for sign, atom in size.terms if isinstance(atom, Octets))
    if total < 0:
        raise ScenarioError(f"{what} is negative", node.mark)
    return total


def seconds(node: Node, what: str) -> float:
    """Return a duration in seconds; a bare number is seconds."""
    if isinstance(node, Scalar) and isinstance(node.value, int | float):
        return number(node, what, 0, 3600 * 24 * 365)
    return read_duration(node, what).seconds


def field_lines(node: Node, what: str, environ: Mapping[str, str]) -> tuple[Fields, frozenset[str]]:
    """Return field lines and the secrets among their values.

    A value may take ``${env:NAME}``; a list is several lines.

    Raises:
        ScenarioError: a name or value cannot be sent, or the environment lacks a variable.
    """
    if not isinstance(node, MappingNode):
        raise ScenarioError(f"{what} must be a mapping, not {describe(node)}", node.mark)
    lines: list[tuple[str, str]] = []
    secrets: set[str] = set()
    for name, value in node:
        items = value.items if isinstance(value, Sequence) else (value,)
        for item in items:
            text = filled(item, f"field {name}", environ, secrets)
            if _ENV.search(scalar_text(item, name)):
                secrets.add(text)
            try:
                lines.append(checked_field(f"{name}: {text}"))
            except TargetError as error:
                raise ScenarioError(str(error), item.mark) from None
    fields = tuple(lines)
    return fields, frozenset(secrets) | secrets_of(fields)


def filled(node: Node, what: str, environ: Mapping[str, str], secrets: set[str]) -> str:
    """Return a text with ``${env:NAME}`` replaced; what was put in is added to the secrets."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if not environ.get(name):
            raise ScenarioError(
                f"{what}: the environment has no {name}", node.mark, f"export {name}=..."
            )
        secrets.add(environ[name])
        return environ[name]

    return _ENV.sub(value, scalar_text(node, what))
