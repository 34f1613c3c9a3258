"""Parts of a step that are mappings of their own: cut, hold, trickle, octets to write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Node, Scalar, Sequence
from conformance.model.scenario import Cut, Hold, OctetPart, Point, Trickle
from conformance.model.transcript import CutHow
from conformance.scenario.keys import Reading, Record, nearest
from conformance.scenario.readers import (
    DURATION,
    SIZE,
    Value,
    key,
    member,
    nullable,
    one_or_list,
    word,
)
from conformance.syntax.values import describe, read_range, read_template, scalar_text

if TYPE_CHECKING:
    from conformance.model.values import Template

_HOW: Final = member("how", CutHow)
_POINT: Final = member("an event", Point)
_POINTS: Final = one_or_list(_POINT, "until")
_WAIT: Final = nullable(_POINT)
_THEN: Final = word("then", "send", "stop")

CUT: Final = Record(
    kind="cut",
    doc="An interruption of the exchange, made on purpose.",
    make=Cut,
    keys=(
        key(
            "how",
            _HOW,
            "Kind of interruption; on HTTP/2 close loses the connection, reset the stream.",
            "reset",
            required=True,
        ),
        key("after", SIZE, "Content octets handed over before it.", "50%"),
        key("once", _POINT, "Event it waits for, instead of after.", "final head"),
        key(
            "wait-for",
            _WAIT,
            "Event waited for before content is sent, so that the peer can answer; null: none.",
            "interim 104",
        ),
        key("at-most", DURATION, "Bound on the waiting.", "1 s"),
    ),
)

HOLD: Final = Record(
    kind="hold",
    doc="Content is withheld until an event.",
    make=Hold,
    keys=(
        key("until", _POINTS, "Events that end the hold.", "[interim 100, final]", required=True),
        key("at", SIZE, "Content octets handed over before holding; none by default.", "8 KiB"),
        key("at-most", DURATION, "Bound on the waiting.", "5 s"),
        key("then", _THEN, "Send the rest when it ends, or stop for good.", "send"),
    ),
)

TRICKLE: Final = Record(
    kind="trickle",
    doc="Content goes out in small pieces, each in a segment of its own.",
    make=Trickle,
    keys=(
        key("piece", SIZE, "Octets in each piece.", "1 KiB", required=True),
        key("every", DURATION, "Pause between two pieces.", "20 ms"),
    ),
)


def record_value(record: Record) -> Value:
    """Use a record as the value of a key."""
    return Value(
        lambda node, reading: record.read(node, reading),
        record.write,
        {"$ref": f"#/$defs/{record.kind}"},
    )


def _read_cut(node: Node, reading: Reading) -> Cut | None:
    cut: Cut | None = CUT.read(node, reading)
    if cut is not None and (cut.after is None) == (cut.once is None):
        raise ScenarioError("a cut needs either after or once", node.mark, "write after: 50%")
    return cut


CUT_VALUE: Final = Value(_read_cut, CUT.write, {"$ref": "#/$defs/cut"})

_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2}\s*)*")


def read_parts(node: Node, _reading: Reading) -> tuple[OctetPart, ...]:
    """Read ``write:``: text, or a list of text, ``{hex: ...}`` and ``{content: range}``."""
    items = node.items if isinstance(node, Sequence) else (node,)
    if not items:
        raise ScenarioError("write must not be an empty list", node.mark)
    return tuple(_read_part(item) for item in items)


def _read_part(node: Node) -> OctetPart:
    if not isinstance(node, Mapping):
        return OctetPart(text=read_template(node))
    if len(node.entries) != 1:
        raise ScenarioError("a part to write has one key", node.mark, "write hex: or content:")
    name, value = node.entries[0]
    match name.value:
        case "hex":
            text = scalar_text(value, "hex")
            if _HEX.fullmatch(text) is None:
                raise ScenarioError(f"{text[:40]!r} is not hexadecimal", value.mark, "write 0D 0A")
            return OctetPart(octets=bytes.fromhex(text))
        case "content":
            return OctetPart(content=read_range(value))
        case other:
            hint = nearest(str(other), ("hex", "content")) or "known are hex and content"
            raise ScenarioError(f"a part to write has no key {str(other)!r}", name.mark, hint)


def write_parts(parts: tuple[OctetPart, ...]) -> Node:
    """Write ``write:`` again."""
    return Sequence(tuple(_write_part(part) for part in parts))


def _write_part(part: OctetPart) -> Node:
    if part.text is not None:
        return Scalar(str(part.text))
    if part.content is not None:
        return Mapping(((Scalar("content"), Scalar(str(part.content))),))
    return Mapping(((Scalar("hex"), Scalar(part.octets.hex(" "))),))


def read_fields(
    node: Node, _reading: Reading
) -> tuple[tuple[str, tuple[Template, ...] | None], ...]:
    """Read ``fields:``: name to value, to a list of values, or to null."""
    if not isinstance(node, Mapping):
        raise ScenarioError(
            f"fields must be a mapping, not {describe(node)}", node.mark, "write Name: value"
        )
    seen: set[str] = set()
    read: list[tuple[str, tuple[Template, ...] | None]] = []
    for name, value in node.entries:
        text = str(name.value)
        if text.lower() in seen:
            raise ScenarioError(f"the field {text} is there twice", name.mark, "write a list")
        seen.add(text.lower())
        if not text or any(char in text for char in "\r\n"):
            raise ScenarioError("a field name must be one line of text", name.mark)
        if text.startswith("$"):
            raise ScenarioError(
                f"{text} stands where a field's name is, and is sent as it is",
                name.mark,
                "references stand in values; a field the draft names has a key of its own",
            )
        if value == Scalar(None):
            read.append((text, None))
        else:
            values = value.items if isinstance(value, Sequence) else (value,)
            read.append((text, tuple(read_template(each) for each in values)))
    return tuple(read)


def write_fields(fields: tuple[tuple[str, tuple[Template, ...] | None], ...]) -> Node:
    """Write ``fields:`` again."""
    return Mapping(tuple((Scalar(name), _write_values(values)) for name, values in fields))


def _write_values(values: tuple[Template, ...] | None) -> Node:
    if values is None:
        return Scalar(None)
    written = tuple(Scalar(str(value)) for value in values)
    return written[0] if len(written) == 1 else Sequence(written)


def read_lifetime(node: Node, _reading: Reading) -> str:
    """Read ``after: {lifetime-of: step}``."""
    if isinstance(node, Mapping) and [name for name, _ in node] == ["lifetime-of"]:
        return scalar_text(node.entries[0][1], "lifetime-of")
    raise ScenarioError("after cannot be read", node.mark, "write after: {lifetime-of: step}")


def write_lifetime(step: str) -> Node:
    """Write ``after:`` again."""
    return Mapping(((Scalar("lifetime-of"), Scalar(step)),))
