"""What every declaration of a matcher promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from conformance.matchers import FIELD, MATCHERS, field_spec, matcher
from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Mark, Scalar, Sequence

if TYPE_CHECKING:
    from conformance.model.node import Node
    from conformance.model.protocols import MatcherSpec

HERE = Mark(file="a.yaml", line=3, column=7)


def marked(value: Any) -> Node:
    if isinstance(value, dict):
        pairs = ((Scalar(str(key), HERE), marked(each)) for key, each in value.items())
        return Mapping(tuple(pairs), HERE)
    if isinstance(value, list):
        return Sequence(tuple(marked(each) for each in value), HERE)
    return Scalar(value, HERE)


@pytest.mark.parametrize("spec", [*MATCHERS.values(), field_spec("Upload-Offset")])
def test_every_example_is_valid_and_survives_a_round_trip(spec: MatcherSpec) -> None:
    ((key, value),) = yaml.safe_load(spec.example).items()
    assert key == spec.key
    jsonschema.validate(value, dict(spec.schema))
    argument = spec.decode(marked(value))
    assert spec.decode(spec.encode(argument)) == argument


@pytest.mark.parametrize("key", MATCHERS)
def test_keys_are_lower_case_and_found(key: str) -> None:
    assert key == key.lower()
    assert matcher(key) is MATCHERS[key]


def test_a_capital_letter_makes_a_field() -> None:
    spec = matcher("Location")
    assert spec is not None
    assert spec.key == "Location"
    assert spec.schema == FIELD.schema
    assert matcher("locations") is None


BAD: list[tuple[str, Any]] = [
    ("status", None),
    ("status", "teapot"),
    ("status", []),
    ("status", {}),
    ("status", {"is": 200}),
    ("status", {"not": 409, "same-as": "up"}),
    ("none", "interim 204"),
    ("count", {"of": "interim"}),
    ("count", {"max": 3, "min": 1}),
    ("count", {"of": "interim", "min": 4, "max": 3}),
    ("count", {"of": "interim", "min": -1}),
    ("early", []),
    ("early", ["final head"]),
    ("complete", "yes"),
    ("complete", {"is": "absent"}),
    ("ends", "exploded"),
    ("ends", {"is": "cut"}),
    ("waits-for", ["up"]),
    ("in-time", "soon"),
    ("content", "full"),
    ("content", {"equals": "nothing"}),
    ("member", {}),
    ("member", {"status": [1]}),
    ("equals", {"0..8 KiB": "up"}),
    ("equals", "everything"),
    ("written-by", "up"),
    ("written-by", {"somewhere": "up"}),
    ("written-by", {"one-of": "up", "to": 3}),
    ("at-most-one", "many"),
    ("entropy", {"of": "Location"}),
    ("entropy", {"of": "Location", "bits": 0}),
    ("same", {"as": "up"}),
    ("connection", "kept"),
    ("limits", {"keys": "max-size"}),
    ("limits", {"not-tighter-than": "up", "keys": "max-age"}),
    ("lint", {}),
    ("lint", []),
    ("Upload-Offset", [1, 2]),
    ("Upload-Offset", "many octets"),
    ("Upload-Offset", "9..3"),
    ("Upload-Offset", {}),
    ("Upload-Offset", {"is": "sf-float"}),
    ("Upload-Offset", {"maximum": 3}),
    ("Upload-Offset", {"one-of": []}),
    ("Upload-Offset", {"one-of": 3}),
    ("Upload-Offset", {"lines": "two"}),
    ("Upload-Offset", {"same-as": "up.second-104"}),
    ("Upload-Limit", {"members": []}),
    ("Repr-Digest", {"digest-of": "request"}),
    ("Upload Offset", 1),
    (
        "Upload-Offset",
        {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": 1}}}}}}}}},
    ),
]


@pytest.mark.parametrize(
    ("key", "value"), BAD, ids=[f"{key}-{n}" for n, (key, _) in enumerate(BAD)]
)
def test_a_mistake_is_told_with_its_place(key: str, value: Any) -> None:
    spec = matcher(key)
    assert spec is not None
    with pytest.raises(ScenarioError) as caught:
        spec.decode(marked(value))
    assert caught.value.mark == HERE


def test_a_mistyped_key_is_answered_with_the_nearest() -> None:
    with pytest.raises(ScenarioError, match="'min'"):
        field_spec("Upload-Offset").decode(marked({"mini": 3}))
