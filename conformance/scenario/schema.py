"""JSON Schema of scenario files, made from the declarations, for editors."""

from __future__ import annotations

import json
from typing import Any, Final

from conformance.scenario.checks import check_schema
from conformance.scenario.frames import frames_schema
from conformance.scenario.header import HEADER
from conformance.scenario.keys import default_vocabulary
from conformance.scenario.parts import CUT, HOLD, TRICKLE
from conformance.scenario.setups import SHIPPED
from conformance.scenario.steps import EXCHANGES, READ_BACK, RESTART, RESUME, TOGETHER

#: where the schema is kept for editors
SCHEMA_FILE: Final = SHIPPED / "scenario.schema.json"


def scenario_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a scenario file.

    A value may be a reference to a variable of ``each`` wherever a step has a value, which is why
    the schema is more lenient than the reader.
    """
    exchange = {"anyOf": [record.schema() for record in EXCHANGES.values()]}
    others = [record.schema() for record in (RESUME, TOGETHER, READ_BACK, RESTART)]
    definitions = {
        "variable": {
            "type": "string",
            "pattern": r"\$",
            "description": "A variable of each, or text with one in it.",
        },
        "check": check_schema(default_vocabulary()),
        "cut": CUT.schema(),
        "hold": HOLD.schema(),
        "trickle": TRICKLE.schema(),
        "frame": frames_schema(),
        "exchange": exchange,
        "use": _use(),
        "step": {"anyOf": [{"$ref": "#/$defs/exchange"}, *others, {"$ref": "#/$defs/use"}]},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scenario of resumable-conformance",
        **HEADER.schema(),
        "$defs": definitions,
    }


def schema_text() -> str:
    """Return the schema as it is kept in the repository."""
    return json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n"


def _use() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "Puts the steps of a named set-up here.",
        "properties": {"use": text, "as": text},
        "required": ["use"],
        "additionalProperties": False,
    }
