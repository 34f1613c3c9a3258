"""Between nodes and records: how a field's argument is written."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from conformance.matchers.field.records import (
    KINDS,
    AllOf,
    BooleanIs,
    Bounds,
    Contains,
    DigestOfContent,
    FieldTest,
    Kind,
    Lines,
    Members,
    Not,
    NumberIn,
    NumberIs,
    OneOf,
    ResolvesTo,
    SameAs,
    Test,
    TextIs,
)
from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Node, Scalar, Sequence
from conformance.syntax.fieldtypes import FieldKind, field_kind
from conformance.syntax.nodes import (
    mapping_node,
    read_choice,
    read_count,
    read_mapping,
    text_node,
)
from conformance.syntax.schemas import SIZE, TEXT, Schema, choice, either, mapping
from conformance.syntax.values import read_range, read_size, read_template, scalar_text

_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_NUMERIC = (FieldKind.SF_INTEGER, FieldKind.DIGITS)
#: nesting of ``not`` and ``one-of`` that nobody needs
_DEEPEST = 8

Reader = Callable[[Node, str, bool, int], Test]


def decode_field(name: str, node: Node) -> FieldTest:
    """Read the argument of a field matcher.

    Raises:
        ScenarioError: it cannot be read, or the name is no field name.
    """
    if _NAME.fullmatch(name) is None:
        raise ScenarioError(f"{name[:40]!r} is no field name", node.mark)
    return FieldTest(name, _read(node, name, field_kind(name) in _NUMERIC, 0))


def encode_field(test: FieldTest) -> Node:
    """Write the argument of a field matcher."""
    return _write(test.test, field_kind(test.name) in _NUMERIC)


def _read(node: Node, what: str, numeric: bool, depth: int) -> Test:
    if depth > _DEEPEST:
        raise ScenarioError(f"{what} is nested too deeply", node.mark)
    if isinstance(node, Sequence):
        raise ScenarioError(
            f"{what} cannot be a list", node.mark, "write {one-of: [...]} or {contains: ...}"
        )
    if isinstance(node, Mapping):
        return _read_mapping(node, what, numeric, depth)
    if node.value is None:
        return Kind("absent")
    if isinstance(node.value, bool):
        return BooleanIs(node.value)
    if not numeric:
        return TextIs(read_template(node, what))
    if ".." in scalar_text(node, what):
        return NumberIn(read_range(node, what))
    return NumberIs(read_size(node, what))


def _read_mapping(node: Mapping, what: str, numeric: bool, depth: int) -> Test:
    entries = read_mapping(node, what, (*_READERS, "min", "max"))
    tests: list[Test] = []
    if "min" in entries or "max" in entries:
        low, high = (
            read_size(entries[key], f"{what} {key}") if key in entries else None
            for key in ("min", "max")
        )
        tests.append(Bounds(low, high))
    for key, value in entries.items():
        if key in _READERS:
            tests.append(_READERS[key](value, what, numeric, depth + 1))
    return tests[0] if len(tests) == 1 else AllOf(tuple(tests))


def _read_one_of(node: Node, what: str, numeric: bool, depth: int) -> Test:
    if not isinstance(node, Sequence) or not node.items:
        raise ScenarioError(f"{what} one-of needs a list", node.mark)
    return OneOf(tuple(_read(item, what, numeric, depth) for item in node.items))


def _read_members(node: Node, what: str, _: bool, depth: int) -> Test:
    entries = read_mapping(node, f"{what} members")
    return Members(
        tuple((key, _read(value, f"{what} {key}", True, depth)) for key, value in entries.items())
    )


def _read_digest(node: Node, what: str, _: bool, __: int) -> Test:
    read_choice(node, f"{what} digest-of", ("content",))
    return DigestOfContent()


def _read_same_as(node: Node, what: str, _: bool, __: int) -> Test:
    text = scalar_text(node, f"{what} same-as")
    step, dot, which = text.partition(".")
    if not step or (dot and which != "first-104"):
        raise ScenarioError(
            f"{what} same-as cannot be {text[:40]!r}",
            node.mark,
            "write request, a step, or STEP.first-104",
        )
    return SameAs(text)


_READERS: dict[str, Reader] = {
    "is": lambda node, what, _, __: Kind(read_choice(node, f"{what} is", KINDS)),
    "text": lambda node, what, _, __: TextIs(read_template(node, what)),
    "contains": lambda node, what, _, __: Contains(read_template(node, f"{what} contains")),
    "not": lambda node, what, numeric, depth: Not(_read(node, what, numeric, depth)),
    "same-as": _read_same_as,
    "one-of": _read_one_of,
    "members": _read_members,
    "lines": lambda node, what, _, __: Lines(read_count(node, f"{what} lines", 0, 1000)),
    "digest-of": _read_digest,
    "resolves-to": lambda node, what, _, __: ResolvesTo(scalar_text(node, f"{what} resolves-to")),
}


def _write(test: Test, numeric: bool) -> Node:
    match test:
        case Kind(word="absent"):
            return Scalar(None)
        case BooleanIs():
            return Scalar(test.value)
        case NumberIs():
            return text_node(test.size)
        case NumberIn():
            return text_node(test.span)
        case TextIs() if not numeric:
            return Scalar(str(test.text))
        case AllOf():
            return mapping_node(pair for each in test.tests for pair in _pairs(each, numeric))
        case _:
            return mapping_node(_pairs(test, numeric))


def _pairs(test: Test, numeric: bool) -> list[tuple[str, Node]]:
    if isinstance(test, Bounds):
        named = (("min", test.low), ("max", test.high))
        return [(key, text_node(size)) for key, size in named if size is not None]
    return [_pair(test, numeric)]


def _pair(test: Any, numeric: bool) -> tuple[str, Node]:
    match test:
        case Kind():
            return "is", Scalar(test.word)
        case TextIs():
            return "text", Scalar(str(test.text))
        case Contains():
            return "contains", Scalar(str(test.token))
        case Not():
            return "not", _write(test.test, numeric)
        case SameAs():
            return "same-as", Scalar(test.message)
        case OneOf():
            return "one-of", Sequence(tuple(_write(each, numeric) for each in test.tests))
        case Members():
            written = ((key, _write(each, True)) for key, each in test.members)
            return "members", mapping_node(written)
        case Lines():
            return "lines", Scalar(test.count)
        case DigestOfContent():
            return "digest-of", Scalar("content")
        case _:
            return "resolves-to", Scalar(test.step)


_ANY: Schema = {"type": ["string", "integer", "boolean", "null", "object"]}
SCHEMA: Schema = either(
    {"type": ["string", "integer", "boolean", "null"]},
    mapping(
        {
            "is": choice(*KINDS),
            "text": TEXT,
            "contains": TEXT,
            "not": _ANY,
            "same-as": TEXT,
            "one-of": {"type": "array", "items": _ANY, "minItems": 1},
            "members": {"type": "object", "additionalProperties": _ANY, "minProperties": 1},
            "lines": {"type": "integer", "minimum": 0, "maximum": 1000},
            "digest-of": choice("content"),
            "resolves-to": TEXT,
            "min": SIZE,
            "max": SIZE,
        }
    ),
)
