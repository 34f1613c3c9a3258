"""Readers and writers of simple values, ready to be used in declarations of keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from conformance.model.errors import ScenarioError
from conformance.model.node import Node, Scalar, Sequence
from conformance.scenario.keys import Key, Reading, nearest
from conformance.syntax.values import (
    describe,
    read_duration,
    read_range,
    read_size,
    read_template,
    scalar_text,
)

STEP_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
CAPABILITY: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
RESERVED: Final = frozenset({"content", "draft", "target", "self", "request"})

Read = Callable[[Node, Reading], Any]
Write = Callable[[Any], Node]
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Value:
    """A reader, its writer and the JSON Schema of what they agree on."""

    read: Read
    write: Write
    schema: dict[str, Any]


def key(name: str, value: Value, doc: str, example: str, attribute: str = "", **more: Any) -> Key:
    """Declare a key whose reader, writer and schema come from one value."""
    return Key(
        name=name,
        doc=doc,
        example=example,
        schema=value.schema,
        read=value.read,
        write=value.write,
        attribute=attribute,
        **more,
    )


def _plain(read: Callable[[Node], Any]) -> Read:
    return lambda node, _reading: read(node)


def _shown(value: object) -> Node:
    return Scalar(str(value))


def _size_node(value: object) -> Node:
    text = str(value)
    return Scalar(int(text)) if text.isdigit() and str(int(text)) == text else Scalar(text)


_TEXT: dict[str, Any] = {"type": ["string", "integer"]}
SIZE: Final = Value(_plain(read_size), _size_node, _TEXT)
SPAN: Final = Value(_plain(read_range), _shown, {"type": "string"})
DURATION: Final = Value(
    _plain(read_duration), _shown, {"type": "string", "pattern": r"^[0-9.]+ *(ms|s|min)$"}
)
TEMPLATE: Final = Value(_plain(read_template), _shown, _TEXT)


def _text(node: Node) -> str:
    text = scalar_text(node, "this value")
    if not text.strip():
        raise ScenarioError("this text is empty", node.mark)
    return text


TEXT: Final = Value(_plain(_text), _shown, {"type": "string", "minLength": 1})


def _flag(node: Node) -> bool:
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    raise ScenarioError(f"this must be true or false, not {describe(node)}", node.mark)


FLAG: Final = Value(_plain(_flag), lambda value: Scalar(bool(value)), {"type": "boolean"})


def step_name(node: Node) -> str:
    """Read a step's name."""
    text = scalar_text(node, "a step name")
    if STEP_NAME.fullmatch(text) is None or len(text) > 60:
        raise ScenarioError(
            f"a step cannot be called {text[:60]!r}",
            node.mark,
            "use small letters, digits and hyphens, first a letter",
        )
    if text in RESERVED:
        raise ScenarioError(f"{text!r} is a reserved name", node.mark, "choose another name")
    return text


STEP: Final = Value(
    _plain(step_name), _shown, {"type": "string", "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"}
)


def nullable(value: Value) -> Value:
    """Allow ``null``, which means: left out on the wire."""
    return Value(
        lambda node, reading: None if node == Scalar(None) else value.read(node, reading),
        lambda given: Scalar(None) if given is None else value.write(given),
        {"anyOf": [value.schema, {"type": "null"}]},
    )


def one_or_list(value: Value, what: str) -> Value:
    """Allow one value or a list of them; read as a tuple."""

    def read(node: Node, reading: Reading) -> tuple[Any, ...]:
        items = node.items if isinstance(node, Sequence) else (node,)
        if not items:
            raise ScenarioError(f"{what} must not be an empty list", node.mark)
        return tuple(value.read(item, reading) for item in items)

    def write(given: tuple[Any, ...]) -> Node:
        written = tuple(value.write(item) for item in given)
        return written[0] if len(written) == 1 else Sequence(written)

    many = {"type": "array", "items": value.schema, "minItems": 1}
    return Value(read, write, {"anyOf": [value.schema, many]})


def word(what: str, *known: str) -> Value:
    """One of some words."""

    def read(node: Node, _reading: Reading) -> str:
        text = scalar_text(node, what)
        if text not in known:
            raise ScenarioError(
                f"{what} cannot be {text[:40]!r}",
                node.mark,
                nearest(text, known) or f"write {' or '.join(known)}",
            )
        return text

    return Value(read, _shown, {"enum": list(known)})


def member(what: str, kind: type[E]) -> Value:
    """One member of an enumeration."""
    choice = word(what, *kind)
    return Value(
        lambda node, reading: kind(choice.read(node, reading)), _shown, dict(choice.schema)
    )


def number(what: str, low: int, high: int) -> Value:
    """A whole number within bounds."""

    def read(node: Node, _reading: Reading) -> int:
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int):
            raise ScenarioError(f"{what} must be a number, not {describe(node)}", node.mark)
        if not low <= value <= high:
            raise ScenarioError(f"{what} must be {low} to {high}, not {value}", node.mark)
        return value

    return Value(read, Scalar, {"type": "integer", "minimum": low, "maximum": high})
