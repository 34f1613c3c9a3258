"""The JSON Schema of a file of results, made from the dataclasses it is a picture of.

``docs/result.schema.json`` is the output of ``python -m reports.schema``.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
import types
import typing
from enum import Enum
from typing import Any

from conformance.model.outcome import Outcome
from conformance.model.result import SCHEMA, BaselineSeen, CaseResult, RunResult, TargetSeen
from reports.decode import field_types
from reports.json_report import RUN_KEYS
from reports.upgrade import VERSION

_SCALARS: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
}
_ATTRIBUTE = re.compile(r"^ {4,8}(\w+(?:, \w+)*): ((?:.+)(?:\n {9,}.+)*)", re.MULTILINE)


def result_schema() -> dict[str, Any]:
    """Return the schema (JSON Schema 2020-12) of the present version."""
    told = _descriptions(RunResult)
    counts = _object({str(each): {"type": "integer", "minimum": 0} for each in Outcome}, {})
    run_fields = field_types(RunResult)
    definitions: dict[str, Any] = {}
    properties = {
        "$id": {"const": SCHEMA},
        "schema": {"const": VERSION},
        "suite": _object(
            {"version": _SCALARS[str], "scenario_set": _SCALARS[str]},
            {"version": told["suite"], "scenario_set": told["scenario_set"]},
        ),
        "run": _object(
            {name: _schema(run_fields[name], {}) for name in RUN_KEYS},
            told,
        ),
        "target": _schema(TargetSeen, definitions),
        "baseline": _schema(BaselineSeen | None, definitions),
        "summary": _object(
            {"scenarios": counts, "checks": counts, "exit_code": _SCALARS[int]},
            {
                "scenarios": "cases by outcome",
                "checks": "checks by outcome",
                "exit_code": told["exit_code"],
            },
        ),
        "results": {**_schema(tuple[CaseResult, ...], definitions), "description": told["results"]},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        "title": "Result of a conformance run",
        **_object(properties, {}),
        "$defs": dict(sorted(definitions.items())),
    }


def dumps() -> str:
    """Return the schema as the text of ``docs/result.schema.json``."""
    return json.dumps(result_schema(), indent=2, ensure_ascii=False) + "\n"


def _schema(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return {"type": "array", "items": _schema(arguments[0], definitions)}
    if origin is dict:
        names = {"propertyNames": {"pattern": "^-?[0-9]+$"}} if arguments[0] is int else {}
        values = _schema(arguments[1], definitions)
        return {"type": "object", **names, "additionalProperties": values}
    if origin in {types.UnionType, typing.Union}:
        inner = next(each for each in arguments if each is not type(None))
        return {"anyOf": [_schema(inner, definitions), {"type": "null"}]}
    if dataclasses.is_dataclass(kind):
        record = typing.cast("type", kind)
        if record.__name__ not in definitions:
            told = _descriptions(record)
            fields = {n: _schema(k, definitions) for n, k in field_types(record).items()}
            definitions[record.__name__] = _object(fields, told)
        return {"$ref": f"#/$defs/{record.__name__}"}
    if issubclass(kind, Enum):
        return {"enum": [each.value for each in kind]}
    return _SCALARS[kind]


def _object(properties: dict[str, Any], told: dict[str, str]) -> dict[str, Any]:
    described = {
        name: {**schema, "description": told[name]} if name in told else schema
        for name, schema in properties.items()
    }
    return {"type": "object", "required": list(properties), "properties": described}


def _descriptions(record: type) -> dict[str, str]:
    """Read what the docstring's ``Attributes`` section says of each field."""
    told: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(record.__doc__ or ""):
        words = " ".join(match[2].split())
        told.update(dict.fromkeys(match[1].split(", "), words.replace("``", "`")))
    return told


if __name__ == "__main__":
    sys.stdout.write(dumps())
