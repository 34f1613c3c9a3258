"""Plan files: one vocabulary with scenarios, every mistake with its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest

from conformance.faults.fault import FaultSelector
from conformance.model.errors import ScenarioError
from conformance.model.scenario import Point
from conformance.model.transcript import CutHow
from conformance.scenario.fault_plan import (
    PLAN_SCHEMA_FILE,
    load_plan,
    plan_node,
    plan_schema,
    plan_schema_text,
    read_plan,
)
from conformance.scenario.yaml_nodes import parse

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """\
seed: "7"
faults:
  - on: {method: POST, path: /files*, ordinal: 1}
    cut: {how: reset, after: 50%, wait-for: null}
    jitter: 4 KiB
    chance: 25
  - on: {}
    hold: {until: final, at: 8 KiB, at-most: 2 s}
    trickle: {piece: 1 KiB, every: 20 ms}
    drop: interim 104
    duplicate: [interim 100, interim 104]
    delay: {what: interim, by: 2 s}
    strip: {what: [interim 104, final head], fields: [Location, Upload-Limit]}
    lose: final
"""


def plan_of(text: str) -> object:
    return read_plan(parse(text.encode(), "plan.yaml"))


def test_a_plan_says_what_it_says(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(WHOLE)
    plan = load_plan(file)
    first, second = plan.faults
    assert plan.seed == "7"
    assert first.on == FaultSelector(method="POST", path="/files*", ordinal=1)
    assert first.cut is not None
    assert (first.cut.how, first.cut.wait_for, first.chance) == (CutHow.RESET, None, 25)
    assert second.drop == (Point.INTERIM_104,)
    assert second.strip is not None
    assert second.strip.fields == ("Location", "Upload-Limit")
    assert second.lose
    assert read_plan(plan_node(plan)) == plan


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("faults: []", "1:9"),
        ("seed: x", "1:1"),
        ("faults:\n  - {cut: {how: reset, after: 1 B}}", "2:5"),
        ("faults:\n  - {on: {}}", "2:5"),
        ("faults:\n  - on: {}\n    cut: {how: reset}", "3:10"),
        ("faults:\n  - on: {}\n    cut: {how: explode, after: 1 B}", "3:16"),
        ("faults:\n  - on: {}\n    drop: final", "3:11"),
        ("faults:\n  - on: {}\n    lose: interim 104", "3:11"),
        ("faults:\n  - on: {}\n    lose: final\n    jitter: 1 B", "2:5"),
        ("faults:\n  - on: {}\n    cut: {how: reset, after: $a.at}", "2:5"),
        ("faults:\n  - on: {}\n    lose: final\n    chance: 0", "4:13"),
        ("faults:\n  - on: {}\n    lost: final", "3:5"),
    ],
)
def test_mistakes_have_a_place(text: str, place: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        plan_of(text)
    assert str(caught.value).startswith(f"plan.yaml:{place}: ")


def test_the_schema_is_the_one_that_is_shipped() -> None:
    assert PLAN_SCHEMA_FILE.read_text() == plan_schema_text()


def test_the_schema_admits_what_the_reader_admits() -> None:
    jsonschema.Draft202012Validator.check_schema(plan_schema())
    validator = jsonschema.Draft202012Validator(plan_schema())
    whole = {
        "faults": [
            {"on": {"method": "POST"}, "cut": {"how": "reset", "after": "50%"}, "jitter": 5},
            {"on": {}, "hold": {"until": "final"}, "lose": "final", "drop": ["interim 104"]},
        ]
    }
    validator.validate(json.loads(json.dumps(whole)))
    assert not validator.is_valid({"faults": [{"on": {}, "lost": "final"}]})
    assert not validator.is_valid({"faults": [{"lose": "final"}]})
