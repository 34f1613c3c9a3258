"""Files that say what happens on a path: read with the scenarios' own declarations.

``cut``, ``hold`` and ``trickle`` are the records of a step, so that one vocabulary serves whoever
interrupts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from conformance.faults.fault import Delay, Fault, FaultPlan, Strip, parse_selector
from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Scalar, Sequence
from conformance.model.scenario import Point
from conformance.model.values import Ref, Size
from conformance.scenario.keys import Reading, Record, default_vocabulary
from conformance.scenario.parts import CUT, CUT_VALUE, HOLD, TRICKLE, record_value
from conformance.scenario.readers import (
    DURATION,
    SIZE,
    TEXT,
    Value,
    key,
    number,
    one_or_list,
    word,
)
from conformance.scenario.setups import SHIPPED
from conformance.scenario.yaml_nodes import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.faults.fault import FaultSelector
    from conformance.model.node import Node

#: where the schema is kept for editors
PLAN_SCHEMA_FILE: Final = SHIPPED / "plan.schema.json"
#: faults in one plan
FAULTS_BOUND: Final = 1_000

_VARIABLE: Final = {"$ref": "#/$defs/variable"}
_INTERIMS: Final = (Point.INTERIM_104, Point.INTERIM_100, Point.ANY_INTERIM)


def _points(what: str, *known: Point) -> Value:
    words = word(what, *known)
    return one_or_list(
        Value(
            lambda node, reading: Point(words.read(node, reading)),
            lambda point: Scalar(str(point)),
            words.schema,
        ),
        what,
    )


_WHICH: Final = _points("an interim response", *_INTERIMS)
_RESPONSES: Final = _points("a response", *_INTERIMS, Point.FINAL_HEAD)
_NAMES: Final = one_or_list(TEXT, "fields")


DELAY: Final = Record(
    kind="delay",
    doc="Interim responses arrive late, and what follows them too.",
    make=Delay,
    keys=(
        key("what", _WHICH, "Which of them.", "interim 104", required=True),
        key("by", DURATION, "How much later.", "2 s", required=True),
    ),
)

STRIP: Final = Record(
    kind="strip",
    doc="Field lines get lost.",
    make=Strip,
    keys=(
        key("what", _RESPONSES, "Responses that lose them.", "interim 104", required=True),
        key("fields", _NAMES, "Names of the fields.", "Location", required=True),
    ),
)


def _read_on(node: Node, _reading: Reading) -> FaultSelector:
    return parse_selector(node)


def _write_on(on: FaultSelector) -> Node:
    known = (("method", on.method), ("path", on.path), ("ordinal", on.ordinal))
    return Mapping(tuple((Scalar(name), Scalar(value)) for name, value in known if value))


_ON: Final = Value(
    _read_on,
    _write_on,
    {
        "type": "object",
        "properties": {
            "method": {"type": "string"},
            "path": {"type": "string", "pattern": "^[/*?]"},
            "ordinal": {"type": "integer", "minimum": 1},
        },
        "additionalProperties": False,
    },
)
_LOSE: Final = Value(
    lambda node, reading: bool(word("lose", "final").read(node, reading)),
    lambda _lost: Scalar("final"),
    {"enum": ["final"]},
)

FAULT: Final = Record(
    kind="fault",
    doc="Something that happens to the exchanges it selects.",
    make=Fault,
    keys=(
        key("on", _ON, "The exchanges: method, path, ordinal.", "{method: PATCH}", required=True),
        key("cut", CUT_VALUE, "They are cut off.", "{how: reset, after: 50%}"),
        key("hold", record_value(HOLD), "Their content is held up.", "{until: final}"),
        key("trickle", record_value(TRICKLE), "Their content goes slowly.", "{piece: 1 KiB}"),
        key("drop", _WHICH, "Interim responses that get lost.", "interim 104"),
        key("duplicate", _WHICH, "Interim responses that come twice.", "interim 104"),
        key("delay", record_value(DELAY), "Interim responses that come late.", "{by: 2 s}"),
        key("strip", record_value(STRIP), "Field lines that get lost.", "{fields: Location}"),
        key("lose", _LOSE, "The final response gets lost after the server acted.", "final"),
        key("chance", number("chance", 1, 100), "Percent of them it happens to.", "25"),
        key("jitter", SIZE, "Octets at most that the seed adds to after.", "64 KiB"),
    ),
)


def _read_faults(node: Node, reading: Reading) -> tuple[Fault, ...]:
    if not isinstance(node, Sequence) or not 1 <= len(node.items) <= FAULTS_BOUND:
        remedy = "write - on: {method: PATCH}"
        raise ScenarioError(f"faults must be a list of 1 to {FAULTS_BOUND}", node.mark, remedy)
    read = [(item, FAULT.read(item, reading)) for item in node.items]
    return tuple(_sound(item, fault) for item, fault in read if fault is not None)


def _sound(node: Node, fault: Fault) -> Fault:
    """Refuse what would never happen.

    Raises:
        ScenarioError: the fault does nothing, or needs what a path does not know.
    """
    if fault == Fault(on=fault.on, chance=fault.chance, jitter=fault.jitter):
        known = ", ".join(key.name for key in FAULT.keys[1:-2])
        raise ScenarioError("this fault does nothing", node.mark, f"write one of {known}")
    if fault.jitter is not None and (fault.cut is None or fault.cut.after is None):
        raise ScenarioError("jitter needs a cut with after", node.mark)
    sizes = [
        fault.jitter,
        fault.cut.after if fault.cut is not None else None,
        fault.hold.at if fault.hold is not None else None,
        fault.trickle.piece if fault.trickle is not None else None,
    ]
    if any(size is not None and _refers(size) for size in sizes):
        remedy = "write octets or a share of the content"
        raise ScenarioError("a path knows no captures", node.mark, remedy)
    return fault


def _refers(size: Size) -> bool:
    return any(isinstance(atom, Ref) for _, atom in size.terms)


def _write_faults(faults: tuple[Fault, ...]) -> Node:
    return Sequence(tuple(FAULT.write(fault) for fault in faults))


_FAULTS: Final = Value(
    _read_faults,
    _write_faults,
    {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/fault"}},
)

PLAN: Final = Record(
    kind="plan",
    doc="What happens on a path.",
    make=FaultPlan,
    keys=(
        key("faults", _FAULTS, "Each with its exchanges.", "[...]", required=True),
        key("seed", TEXT, "Decides what is left to chance.", "7"),
    ),
)


def read_plan(node: Node) -> FaultPlan:
    """Make a plan of a document.

    Raises:
        ScenarioError: there are mistakes; all of them, with places.
    """
    reading = Reading(default_vocabulary())
    plan: FaultPlan | None = PLAN.read(node, reading)
    reading.raise_problems()
    if plan is None:  # what is wrong would have been raised
        raise ScenarioError("this is no plan", node.mark)
    return plan


def load_plan(path: Path) -> FaultPlan:
    """Read a plan file.

    Raises:
        ScenarioError: it cannot be read or is wrong; with places and remedies.
    """
    _, node = read_file(path)
    return read_plan(node)


def plan_node(plan: FaultPlan) -> Mapping:
    """Write a plan again."""
    return PLAN.write(plan)


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a plan file."""
    records = {"cut": CUT, "hold": HOLD, "trickle": TRICKLE, "delay": DELAY, "strip": STRIP}
    schema: dict[str, Any] = _without_variables(
        {
            **PLAN.schema(),
            "$defs": {name: each.schema() for name, each in {**records, "fault": FAULT}.items()},
        }
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Plan of interruptions of resumable-conformance",
        **schema,
    }


def _without_variables(schema: Any) -> Any:
    """Return a schema without the variables of ``each``, which only scenarios have."""
    if isinstance(schema, list):
        return [_without_variables(item) for item in schema if item != _VARIABLE]
    if isinstance(schema, dict):
        return {key: _without_variables(value) for key, value in schema.items()}
    return schema


def plan_schema_text() -> str:
    """Return the schema as it is kept in the repository."""
    return json.dumps(plan_schema(), indent=1, ensure_ascii=False) + "\n"
