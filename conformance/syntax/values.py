"""Reading the scenario language's values: sizes, ranges, durations, templates, status sets.

Every function takes a node and raises :class:`ScenarioError` with its place.
"""

from __future__ import annotations

import re

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Node, Scalar, Sequence
from conformance.model.values import (
    Atom,
    Duration,
    EndOfContent,
    Octets,
    Percent,
    Range,
    Ref,
    Size,
    StatusSet,
    Template,
)

_UNITS = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3, "": 1}
_NAME = r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*"
_REF = re.compile(rf"\$(?P<name>{_NAME})(?:\.(?P<attribute>{_NAME}))?")
_BRACED = re.compile(rf"\$\{{(?P<name>{_NAME})(?:\.(?P<attribute>{_NAME}))?\}}")
_ATOM = re.compile(r"(?P<count>\d{1,15})\s*(?P<unit>B|KiB|MiB|GiB|%)?")
_DURATION = re.compile(r"(?P<count>\d{1,7}(?:\.\d{1,3})?)\s*(?P<unit>ms|s|min)")
_STATUS = re.compile(r"[1-5](?:\d\d|xx)")
_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0}


def scalar_text(node: Node, what: str) -> str:
    """Return a scalar as text; numbers are written out.

    Raises:
        ScenarioError: it is a list, a mapping, null, a boolean or a fraction.
    """
    if isinstance(node, Scalar):
        if isinstance(node.value, str):
            return node.value
        if isinstance(node.value, int) and not isinstance(node.value, bool):
            return str(node.value)
    remedy = "put it in quotes" if isinstance(node, Scalar) and node.value is not None else ""
    raise ScenarioError(f"{what} must be text, not {describe(node)}", node.mark, remedy)


def describe(node: Node) -> str:
    """Name a node's type for messages."""
    match node:
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"
        case Scalar(value=None):
            return "null"
        case Scalar(value=bool()):
            return f"the boolean {str(node.value).lower()}"
        case Scalar(value=int() | float()):
            return f"the number {node.value}"
        case _:
            return f"the text {str(node.value)[:40]!r}"


def read_size(node: Node, what: str = "a size") -> Size:
    """Read ``10 KiB - 1 B``, ``50%``, ``-1 B``, ``end`` or ``$seen.Upload-Offset + 1 B``."""
    text = scalar_text(node, what).strip()
    terms: list[tuple[int, Atom]] = []
    position, sign = 0, 1
    while True:
        start = position
        if not terms and text.startswith("-"):
            sign, start = -1, 1
        while text[start : start + 1] == " ":
            start += 1
        atom, position = _read_atom(text, start, node, what)
        terms.append((sign, atom))
        while text[position : position + 1] == " ":
            position += 1
        if position >= len(text):
            return Size(tuple(terms))
        if text[position] not in "+-":
            raise _bad_size(text, node, what)
        sign = 1 if text[position] == "+" else -1
        position += 1


def _read_atom(text: str, start: int, node: Node, what: str) -> tuple[Atom, int]:
    if text.startswith("end", start):
        return EndOfContent(), start + 3
    found = _REF.match(text, start)
    if found is not None:
        return Ref(found["name"], found["attribute"] or ""), found.end()
    found = _ATOM.match(text, start)
    if found is None:
        raise _bad_size(text, node, what)
    count = int(found["count"])
    if found["unit"] == "%":
        if count > 100:
            raise ScenarioError(f"{what} {text!r} is more than 100%", node.mark)
        return Percent(count), found.end()
    literal = text[start : found.end()]
    return Octets(count * _UNITS[found["unit"] or ""], literal), found.end()


def _bad_size(text: str, node: Node, what: str) -> ScenarioError:
    return ScenarioError(
        f"{what} cannot be read from {text[:60]!r}",
        node.mark,
        "write for example 10 KiB, 50%, -1 B, end, $step.Upload-Offset, 8 KiB + 1 B",
    )


def read_range(node: Node, what: str = "a range") -> Range:
    """Read ``0..10 KiB``, ``all`` or ``nothing``."""
    text = scalar_text(node, what).strip()
    zero, end = Size(((1, Octets(0, "0")),)), Size(((1, EndOfContent()),))
    if text == "all":
        return Range(zero, end)
    if text == "nothing":
        return Range(zero, zero)
    start_text, dots, end_text = text.partition("..")
    if not dots:
        raise ScenarioError(
            f"{what} cannot be read from {text[:60]!r}",
            node.mark,
            "write start..end, all or nothing, for example 0..10 KiB",
        )
    result = Range(
        read_size(Scalar(start_text, node.mark), f"the start of {what}"),
        read_size(Scalar(end_text, node.mark), f"the end of {what}"),
    )
    low, high = _constant(result.start), _constant(result.end)
    if low is not None and high is not None and low > high:
        raise ScenarioError(f"{what} {text!r} ends before it starts", node.mark)
    return result


def _constant(size: Size) -> int | None:
    if len(size.terms) == 1 and size.terms[0][0] < 0:
        return None
    total = 0
    for sign, atom in size.terms:
        if not isinstance(atom, Octets):
            return None
        total += sign * atom.count
    return total


def read_duration(node: Node, what: str = "a duration") -> Duration:
    """Read ``250 ms``, ``5 s`` or ``1 min``; at most one hour."""
    text = scalar_text(node, what).strip()
    found = _DURATION.fullmatch(text)
    seconds = round(float(found["count"]) * _SECONDS[found["unit"]], 6) if found else 0.0
    if found is None or seconds > 3600:
        raise ScenarioError(
            f"{what} cannot be read from {text[:40]!r}",
            node.mark,
            "write for example 250 ms or 5 s",
        )
    return Duration(seconds)


def read_template(node: Node, what: str = "a value") -> Template:
    """Read text in which ``$step.attribute`` and ``${step.attribute}`` stand for captures.

    ``$$`` is a dollar sign.
    """
    text = scalar_text(node, what)
    parts: list[str | Ref] = []
    literal = ""
    position = 0
    while position < len(text):
        if text.startswith("$$", position):
            literal, position = literal + "$", position + 2
            continue
        if text[position] != "$":
            literal, position = literal + text[position], position + 1
            continue
        found = _BRACED.match(text, position) or _REF.match(text, position)
        if found is None:
            raise ScenarioError(
                f"{what}: a lone $ at character {position + 1}", node.mark, "write $$ for a dollar"
            )
        if literal:
            parts.append(literal)
            literal = ""
        parts.append(Ref(found["name"], found["attribute"] or ""))
        position = found.end()
    if literal or not parts:
        parts.append(literal)
    return Template(tuple(parts))


def read_status(node: Node, what: str = "a status") -> StatusSet:
    """Read ``409``, ``2xx`` or a list of such."""
    items = node.items if isinstance(node, Sequence) else (node,)
    patterns = []
    for item in items:
        text = scalar_text(item, what)
        if _STATUS.fullmatch(text) is None:
            raise ScenarioError(
                f"{what} cannot be {text[:20]!r}", item.mark, "write a code such as 409 or 4xx"
            )
        patterns.append(text)
    if not patterns:
        raise ScenarioError(f"{what} is an empty list", node.mark)
    return StatusSet(tuple(patterns))


def write_status(status: StatusSet) -> Node:
    """Write a status set the way it is read."""
    nodes = tuple(
        Scalar(int(pattern) if pattern.isdigit() else pattern) for pattern in status.patterns
    )
    return nodes[0] if len(nodes) == 1 else Sequence(nodes)
