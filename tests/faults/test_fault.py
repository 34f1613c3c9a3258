"""Which exchanges a fault happens to."""

from __future__ import annotations

import pytest

from conformance.faults.fault import FaultSelector, parse_selector
from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Mark, Node, Scalar, Sequence

HERE = Mark(file="f.yaml", line=3, column=7)


def mapping(**values: str | int | bool) -> Mapping:
    return Mapping(
        tuple((Scalar(key, HERE), Scalar(value, HERE)) for key, value in values.items()), HERE
    )


def test_an_empty_selector_takes_everything() -> None:
    assert FaultSelector().selects("PUT", "/x", 9)


@pytest.mark.parametrize(
    ("selector", "method", "path", "ordinal", "taken"),
    [
        (FaultSelector(method="PATCH"), "PATCH", "/a", 1, True),
        (FaultSelector(method="PATCH"), "patch", "/a", 1, False),
        (FaultSelector(path="/u/*"), "PUT", "/u/1", 1, True),
        (FaultSelector(path="/u/*"), "PUT", "/v/1", 1, False),
        (FaultSelector(ordinal=2), "PUT", "/", 2, True),
        (FaultSelector(ordinal=2), "PUT", "/", 1, False),
    ],
)
def test_method_path_and_ordinal_select(
    selector: FaultSelector, method: str, path: str, ordinal: int, taken: bool
) -> None:
    assert selector.selects(method, path, ordinal) is taken


def test_a_selector_is_read() -> None:
    found = parse_selector(mapping(method="PATCH", path="/uploads/*", ordinal=2))
    assert found == FaultSelector(method="PATCH", path="/uploads/*", ordinal=2)
    assert parse_selector(mapping()) == FaultSelector()


@pytest.mark.parametrize(
    "node",
    [
        Scalar("PATCH", HERE),
        Sequence((), HERE),
        mapping(methods="PATCH"),
        mapping(method="P T"),
        mapping(method=1),
        mapping(path="uploads"),
        mapping(path="/" + "x" * 2000),
        mapping(ordinal=0),
        mapping(ordinal=True),
        mapping(ordinal="2"),
        Mapping(((Scalar("ordinal", HERE), Sequence((), HERE)),), HERE),
    ],
)
def test_a_bad_selector_is_told_with_its_place(node: Node) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_selector(node)
    assert caught.value.mark == HERE
    assert caught.value.remedy
