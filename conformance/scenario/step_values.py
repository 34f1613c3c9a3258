"""What the keys of steps take: values several kinds of steps have in common."""

from __future__ import annotations

from typing import Any, Final

from conformance.model.errors import ScenarioError
from conformance.model.node import Node, Scalar
from conformance.model.transcript import Framing
from conformance.scenario.checks import read_checks, write_checks
from conformance.scenario.frames import read_frames, write_frames
from conformance.scenario.keys import Reading, default_vocabulary
from conformance.scenario.parts import (
    read_fields,
    read_lifetime,
    read_parts,
    write_fields,
    write_lifetime,
    write_parts,
)
from conformance.scenario.readers import STEP, Value, member, number, one_or_list
from conformance.syntax.values import read_size, scalar_text


def _read_declare(node: Node, _reading: Reading) -> Any:
    words = ("sent", "whole", "nothing")
    if isinstance(node, Scalar) and node.value in words:
        return node.value
    return read_size(node, "declare")


def _read_http(node: Node, _reading: Reading) -> str:
    value = node.value if isinstance(node, Scalar) else None
    text = f"{value:.1f}" if isinstance(value, float) else value
    if text not in ("1.0", "1.1"):
        raise ScenarioError("http must be 1.1 or 1.0", node.mark)
    return str(text)


def _read_leave(node: Node, _reading: Reading) -> bool:
    if node != Scalar("open"):
        raise ScenarioError("leave must be open", node.mark, "write leave: open, or no leave")
    return True


def _read_refresh(node: Node, reading: Reading) -> int:
    if node == Scalar("once"):
        return 1
    return int(_REFRESH.read(node, reading))


_REFRESH: Final = number("refresh", 1, 9)
STEPS: Final = one_or_list(STEP, "this")
FRAMINGS: Final = member("framing", Framing)
DECLARE: Final = Value(
    _read_declare, lambda value: Scalar(str(value)), {"type": ["string", "integer"]}
)
HTTP: Final = Value(_read_http, Scalar, {"enum": ["1.1", "1.0", 1.1, 1.0]})
LEAVE: Final = Value(_read_leave, lambda _: Scalar("open"), {"const": "open"})
REFRESHES: Final = Value(
    _read_refresh,
    lambda count: Scalar("once") if count == 1 else Scalar(count),
    {"anyOf": [{"const": "once"}, _REFRESH.schema]},
)
FIELDS: Final = Value(
    read_fields,
    write_fields,
    {
        "type": "object",
        "additionalProperties": {"type": ["string", "integer", "array", "null"]},
    },
)
PARTS: Final = Value(read_parts, write_parts, {"type": ["string", "array"]})
FRAMES: Final = Value(
    read_frames,
    write_frames,
    {"type": "array", "items": {"$ref": "#/$defs/frame"}, "minItems": 1},
)
AFTER: Final = Value(
    read_lifetime,
    write_lifetime,
    {
        "type": "object",
        "properties": {"lifetime-of": {"type": "string"}},
        "required": ["lifetime-of"],
        "additionalProperties": False,
    },
)
EXPECT: Final = Value(
    read_checks,
    lambda checks: write_checks(checks, default_vocabulary()),
    {"type": "array", "items": {"$ref": "#/$defs/check"}, "minItems": 1},
)
METHOD: Final = Value(
    lambda node, _: scalar_text(node, "method"), Scalar, {"type": "string", "minLength": 1}
)
