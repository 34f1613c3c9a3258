"""Strict reading of Structured Fields (RFC 9651)."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_server.core.call import NEWEST, fallback_draft
from reference_server.core.fields import (
    MalformedFieldError,
    media_type,
    read_boolean,
    read_dictionary,
    read_integer,
    read_version,
)
from reference_server.core.messages import Fields


@pytest.mark.parametrize(
    ("text", "value"),
    [("5", 5), ("007", 7), (" 5 ", 5), ("5;a=1", 5), ("9" * 15, 10**15 - 1), ("0", 0)],
)
def test_integers(text: str, value: int) -> None:
    assert read_integer(Fields([("Upload-Offset", text)]), "upload-offset") == value


@pytest.mark.parametrize(
    "text",
    ["+5", "5.0", "0x5", "-1", "1" * 16, "5, 6", '"5"', "", "1e3", "?1", "5 5", "\xff", ":AA==:"],
)
def test_malformed_integers(text: str) -> None:
    with pytest.raises(MalformedFieldError, match="X is malformed"):
        read_integer(Fields([("X", text)]), "X")


@pytest.mark.parametrize(("text", "value"), [("?1", True), ("?0", False), ("?1;x=1", True)])
def test_booleans(text: str, value: bool) -> None:
    assert read_boolean(Fields([("X", text)]), "X") is value


@pytest.mark.parametrize("text", ["1", "true", '"?1"', "?2", "?1, ?1", "?", "?10"])
def test_malformed_booleans(text: str) -> None:
    with pytest.raises(MalformedFieldError):
        read_boolean(Fields([("X", text)]), "X")


def test_two_lines_of_an_item_are_malformed() -> None:
    with pytest.raises(MalformedFieldError):
        read_integer(Fields([("X", "5"), ("x", "5")]), "X")


def test_absent_fields() -> None:
    nothing = Fields([])
    assert read_integer(nothing, "X") is None
    assert read_boolean(nothing, "X") is None
    assert read_dictionary(nothing, "X") == {}
    assert media_type(nothing) is None


def test_dictionaries() -> None:
    assert read_dictionary(Fields([("X", "a=1, b;q")]), "X") == {"a": 1, "b": True}
    assert read_dictionary(Fields([("X", "a=")]), "X") == {}


@pytest.mark.parametrize("text", ["", "a", "2", "11", "3, 5", '"9"'])
def test_unknown_versions(text: str) -> None:
    assert read_version(Fields([("Upload-Draft-Interop-Version", text)])) is None


def test_known_version() -> None:
    draft = read_version(Fields([("Upload-Draft-Interop-Version", "6;x")]))
    assert draft is not None
    assert draft.number == 6


def test_media_type_without_parameters() -> None:
    fields = Fields([("Content-Type", "Application/Partial-Upload; x=y")])
    assert media_type(fields) == "application/partial-upload"


def test_the_completeness_field_decides_the_draft_where_no_version_is_known() -> None:
    assert fallback_draft(Fields([])) is NEWEST
    assert fallback_draft(Fields([("Upload-Complete", "?0")])) is NEWEST
    assert fallback_draft(Fields([("Upload-Incomplete", "?1")])).completeness_inverted


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(min_codepoint=0, max_codepoint=255), max_size=30))
def test_any_value_is_read_or_malformed(text: str) -> None:
    fields = Fields([("X", text)])
    for read in (read_integer, read_boolean):
        with contextlib.suppress(MalformedFieldError):
            read(fields, "X")
    read_dictionary(fields, "X")
