"""JSON Schema fragments of values that occur in many places of a scenario file.

A variable of ``each`` (``$name``) may stand anywhere, so every fragment admits it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

Schema: TypeAlias = Mapping[str, Any]

VARIABLE: Final[Schema] = {"type": "string", "pattern": r"^\$"}
TEXT: Final[Schema] = {"type": ["string", "integer"]}
SIZE: Final[Schema] = {"type": ["string", "integer"], "description": "10 KiB, 50%, $step.at + 1 B"}
RANGE: Final[Schema] = {"type": "string", "description": "0..10 KiB, 8 KiB..end, all, nothing"}
DURATION: Final[Schema] = {"type": "string", "description": "250 ms, 5 s, 1 min"}
STEP: Final[Schema] = {"type": "string", "description": "name of a step"}
STEPS: Final[Schema] = {"anyOf": [STEP, {"type": "array", "items": STEP, "minItems": 1}]}
STATUS: Final[Schema] = {
    "anyOf": [
        {"type": "integer", "minimum": 100, "maximum": 599},
        {"type": "string", "pattern": r"^(?:[1-5](?:\d\d|xx)|\$.*)$"},
    ]
}
STATUS_SET: Final[Schema] = {
    "anyOf": [*STATUS["anyOf"], {"type": "array", "items": STATUS, "minItems": 1}]
}
EVENT: Final[Schema] = {"type": "string", "pattern": r"^(?:interim(?: 1\d\d)?|final|\$.*)$"}


def choice(*words: str) -> Schema:
    """Return the schema of one word of a set, or a variable."""
    return {"anyOf": [{"enum": list(words)}, VARIABLE]}


def mapping(properties: Mapping[str, Schema], *, one: bool = False) -> Schema:
    """Return the schema of a mapping that is not empty; with ``one``, of exactly one key."""
    limits: dict[str, int] = {"minProperties": 1}
    if one:
        limits["maxProperties"] = 1
    return {
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
        **limits,
    }


def either(*schemas: Schema) -> Schema:
    """Return the schema of any of several forms."""
    return {"anyOf": list(schemas)}
