"""``each``: variables, their named values, and putting a value where a variable stands."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Final

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Node, Scalar, Sequence
from conformance.model.scenario import Axis
from conformance.scenario.readers import RESERVED, STEP_NAME
from conformance.syntax.values import describe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as AnyMapping

MAX_CASES: Final = 500

_VARIABLE: Final = re.compile(
    r"\$\$|\$\{(?P<braced>[a-z][a-z0-9-]*)\}|\$(?P<plain>[a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?!\.[A-Za-z])"
)
_VALUE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SLUGS: Final = (
    (re.compile(r"\s*\+\s*"), "-plus-"),
    (re.compile(r"\s+-\s+"), "-minus-"),
    (re.compile(r"^-\s*"), "minus-"),
    (re.compile(r"%"), "pct"),
    (re.compile(r"\s+"), ""),
    (re.compile(r"[^A-Za-z0-9._-]+"), "-"),
)


def read_each(node: Node) -> tuple[Axis, ...]:
    """Read ``each:``; variables keep the order of the file."""
    if not isinstance(node, Mapping) or not node.entries:
        raise ScenarioError(
            f"each must be a mapping, not {describe(node)}", node.mark, "write name: [values]"
        )
    axes = tuple(_read_axis(name, values) for name, values in node.entries)
    count = 1
    for axis in axes:
        count *= len(axis.values)
    if count > MAX_CASES:
        raise ScenarioError(f"each makes {count} cases, more than {MAX_CASES}", node.mark)
    return axes


def _read_axis(name: Scalar, values: Node) -> Axis:
    text = str(name.value)
    if STEP_NAME.fullmatch(text) is None or text in RESERVED:
        raise ScenarioError(
            f"a variable cannot be called {text[:40]!r}", name.mark, "use small letters and hyphens"
        )
    if isinstance(values, Mapping) and values.entries:
        return Axis(text, tuple(_named(value, node) for value, node in values.entries))
    if not isinstance(values, Sequence) or not values.items:
        raise ScenarioError(
            f"{text} must be a list or a mapping of values, not {describe(values)}", values.mark
        )
    named = tuple((slug(node), node) for node in values.items)
    seen: set[str] = set()
    for value, node in named:
        if value in seen:
            raise ScenarioError(
                f"two values of {text} are called {value}", node.mark, "name them: {name: value}"
            )
        seen.add(value)
    return Axis(text, named)


def _named(name: Scalar, node: Node) -> tuple[str, Node]:
    text = str(name.value)
    if _VALUE_NAME.fullmatch(text) is None:
        raise ScenarioError(
            f"a value cannot be called {text[:40]!r}",
            name.mark,
            "use letters, digits, points and hyphens",
        )
    return text, node


def slug(node: Node) -> str:
    """Name a value of a list after itself: ``-1 B`` is ``minus-1B``, ``50%`` is ``50pct``."""
    if not isinstance(node, Scalar):
        raise ScenarioError(
            f"{describe(node)} among listed values has no name", node.mark, "write {name: value}"
        )
    if node.value is None:
        return "none"
    text = str(node.value).lower() if isinstance(node.value, bool) else str(node.value).strip()
    for pattern, replacement in _SLUGS:
        text = pattern.sub(replacement, text)
    text = text.strip("-.")
    if not text:
        raise ScenarioError("this value has no name", node.mark, "write {name: value}")
    return text


def write_each(axes: tuple[Axis, ...]) -> Node:
    """Write ``each:`` again."""
    return Mapping(tuple((Scalar(axis.name), _write_axis(axis)) for axis in axes))


def _write_axis(axis: Axis) -> Node:
    nodes = tuple(node for _, node in axis.values)
    if all(isinstance(node, Scalar) for node in nodes):
        try:
            if [slug(node) for node in nodes] == [name for name, _ in axis.values]:
                return Sequence(nodes)
        except ScenarioError:  # a value that names itself badly was given a name
            pass
    return Mapping(tuple((Scalar(name), node) for name, node in axis.values))


def combinations(axes: tuple[Axis, ...]) -> Iterator[tuple[str, dict[str, Node]]]:
    """Yield the name and the values of every case, the last variable changing fastest."""
    for chosen in product(*(axis.values for axis in axes)):
        name = ",".join(value for value, _ in chosen)
        yield name, {axis.name: node for axis, (_, node) in zip(axes, chosen, strict=True)}


def substitute(node: Node, values: AnyMapping[str, Node]) -> Node:
    """Put values where ``$name`` stands.

    A scalar that is nothing but a reference becomes the value's node; within a longer text the
    value's own text is put. Names that are no variable are left alone.

    Raises:
        ScenarioError: a value that is not text stands within a longer text.
    """
    if not values:
        return node
    if isinstance(node, Scalar):
        text = node.value
        if isinstance(text, str) and "$" in text:
            return _substitute_text(node, text, values)
        return node
    if isinstance(node, Sequence):
        return Sequence(tuple([substitute(item, values) for item in node.items]), node.mark)
    return Mapping(
        tuple([(_key(key, values), substitute(value, values)) for key, value in node.entries]),
        node.mark,
    )


def _key(key: Scalar, values: AnyMapping[str, Node]) -> Scalar:
    text = str(key.value)
    if "$" not in text:
        return key
    return Scalar(str(_in_text(key, text, values)), key.mark)


def _substitute_text(node: Scalar, text: str, values: AnyMapping[str, Node]) -> Node:
    whole = _VARIABLE.fullmatch(text)
    if whole is not None and (name := whole["braced"] or whole["plain"]) in values:
        return values[name]
    replaced = _in_text(node, text, values)
    return node if replaced == text else Scalar(replaced, node.mark)


def _in_text(node: Scalar, text: str, values: AnyMapping[str, Node]) -> str:
    def put(found: re.Match[str]) -> str:
        name = found["braced"] or found["plain"]
        if name not in values:
            return found[0]
        value = values[name]
        if not isinstance(value, Scalar) or value.value is None:
            raise ScenarioError(
                f"${name} is {describe(value)} here, which cannot stand within text", node.mark
            )
        return str(value.value).lower() if isinstance(value.value, bool) else str(value.value)

    return _VARIABLE.sub(put, text)


def variables_in(node: Node) -> Iterator[str]:
    """Yield every name after a dollar sign that could be a variable."""
    match node:
        case Scalar(value=str() as text) if "$" in text:
            for found in _VARIABLE.finditer(text):
                if name := found["braced"] or found["plain"]:
                    yield name
        case Sequence():
            for item in node.items:
                yield from variables_in(item)
        case Mapping():
            for key, value in node.entries:
                yield from variables_in(key)
                yield from variables_in(value)
        case _:
            return
