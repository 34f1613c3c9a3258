"""Structured Fields of received messages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.model.protocols import MALFORMED
from conformance.syntax.sf import (
    Item,
    parse_boolean,
    parse_dictionary,
    parse_integer,
    parse_item,
)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([b"12"], 12),
        ([b" 12 "], 12),
        ([b"-3"], -3),
        ([b"12;note=1"], 12),
        ([b"999999999999999"], 999_999_999_999_999),
        ([b"1000000000000000"], MALFORMED),
        ([b""], MALFORMED),
        ([b"1.0"], MALFORMED),
        ([b"?1"], MALFORMED),
        ([b'"12"'], MALFORMED),
        ([b"12 bytes"], MALFORMED),
        ([b"12", b"12"], MALFORMED),
        ([b"\xff"], MALFORMED),
        ([b"@99999999999999"], MALFORMED),
    ],
)
def test_integers(values: list[bytes], expected: object) -> None:
    assert parse_integer(values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([b"?1"], True),
        ([b"?0;x"], False),
        ([b"true"], MALFORMED),
        ([b"1"], MALFORMED),
        ([b"?2"], MALFORMED),
        ([b"?1", b"?1"], MALFORMED),
    ],
)
def test_booleans(values: list[bytes], expected: object) -> None:
    assert parse_boolean(values) == expected


def test_an_item_keeps_its_parameters() -> None:
    assert parse_item([b"5;a=1;b"]) == Item(5, {"a": 1, "b": True})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([b""], {}),
        ([b"max-size=10, min-size=1;x"], {"max-size": Item(10), "min-size": Item(1, {"x": True})}),
        ([b"max-size=10", b"max-age=3"], {"max-size": Item(10), "max-age": Item(3)}),
        ([b"a=(1 2)"], {"a": (Item(1), Item(2))}),
        ([b"max-size=10,"], MALFORMED),
        ([b"Max-Size=10"], MALFORMED),
        ([b"a=1 b=2"], MALFORMED),
    ],
)
def test_dictionaries(values: list[bytes], expected: object) -> None:
    assert parse_dictionary(values) == expected


@given(st.lists(st.binary(max_size=40), max_size=3))
@settings(max_examples=100)
def test_nothing_raises(values: list[bytes]) -> None:
    number = parse_integer(values)
    assert number is None or number is MALFORMED or isinstance(number, int)
    parse_boolean(values)
    parse_dictionary(values)
