"""Strict YAML: what is read, and that every refusal has a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Mark, Node, Scalar, Sequence
from conformance.scenario.yaml_nodes import explain_error, parse, read_file, resolve_scalar
from conformance.scenario.yaml_write import write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("off", "off"),
        ("yes", "yes"),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("2024-01-01", "2024-01-01"),
        (".inf", ".inf"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("17", 17),
        ("-17", -17),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("1e999", "1e999"),
        ("9" * 30, "9" * 30),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    found = resolve_scalar(text)
    assert found == value
    assert type(found) is type(value)


def test_nodes_carry_their_places() -> None:
    document = parse(b"a: 1\nb:\n  - x\n  - {c: y}\n", "f.yaml")
    assert isinstance(document, Mapping)
    items = document.get("b")
    assert isinstance(items, Sequence)
    assert items.items[0].mark == Mark(file="f.yaml", line=3, column=5)
    inner = items.items[1]
    assert isinstance(inner, Mapping)
    assert inner.key("c").mark == Mark(file="f.yaml", line=4, column=6)
    assert inner.key("none").mark == inner.mark


def test_columns_count_characters() -> None:
    document = parse("\u00e9\u00e9: x".encode(), "f.yaml")
    assert isinstance(document, Mapping)
    assert document.entries[0][1].mark.column == 5


def test_quoted_scalars_are_text() -> None:
    assert parse(b"['1', \"true\", '', |-\n  x\n]".replace(b", |-\n  x\n", b""), "f") == Sequence(
        (Scalar("1"), Scalar("true"), Scalar(""))
    )


def test_a_byte_order_mark_is_ignored() -> None:
    assert parse(b"\xef\xbb\xbfa: 1", "f") == Mapping(((Scalar("a"), Scalar(1)),))


@pytest.mark.parametrize(
    ("source", "line", "column", "message"),
    [
        (b"", 1, 1, "empty"),
        (b"# only a comment\n", 1, 1, "empty"),
        (b"---\n", 1, 1, "empty"),
        (b"a: 1\nb: 2\na: 3\n", 3, 1, "'a' is there twice"),
        (b"a:\n\t- 1\n", 2, 1, "tab"),
        (b"a: &x 1\n", 1, 4, "anchor"),
        (b"a: *x\n", 1, 4, "alias"),
        (b"a: !!str 1\n", 1, 4, "tag"),
        (b"a: ! 1\n", 1, 4, "tag"),
        (b"a: !!python/object:os.system x\n", 1, 4, "tag"),
        (b"%YAML 1.1\n---\na: 1\n", 1, 1, "directive"),
        (b"a: 1\n---\nb: 2\n", 2, 1, "second document"),
        (b"409: x\n", 1, 1, "key must be text"),
        (b"? [a]\n: x\n", 1, 3, "key must be text"),
        (b"null: x\n", 1, 1, "key must be text"),
        (b"a: 1\nb: \xff\n", 2, 4, "UTF-8"),
        (b"a: 1\nb: \x00\n", 2, 4, "U+0000"),
        (b"\x7fELF\x02\x01\x01", 1, 1, "U+007F"),
        ("a: x\u2028y".encode(), 1, 5, "U+2028"),
        (b"x" * (10 * 1024 * 1024), 1, 1, "larger than 1 MiB"),
        (b"[" * 60, 1, 51, "nested"),
        (b"a: [1\n", 2, 1, "not YAML"),
        (b"a: b: c\n", 1, 5, "not YAML"),
        (b"a: 'x\n", 2, 1, "not YAML"),
    ],
)
def test_what_could_mislead_is_refused_with_its_place(
    source: bytes, line: int, column: int, message: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse(source, "f.yaml")
    assert message in caught.value.message
    assert caught.value.mark == Mark(file="f.yaml", line=line, column=column)
    assert explain_error(caught.value, source).startswith(f"f.yaml:{line}:{column}: ")


def test_an_error_is_shown_with_its_line_and_a_caret() -> None:
    source = b"a: 1\nb: &x 2\n"
    with pytest.raises(ScenarioError) as caught:
        parse(source, "f.yaml")
    shown = explain_error(caught.value, source).splitlines()
    assert shown[1].endswith("| b: &x 2")
    assert shown[2].index("^") == shown[1].index("&")
    assert "remedy" in shown[3]


def test_long_lines_are_shortened_around_the_place() -> None:
    source = b"a: " + b"x" * 500 + b"\tend\n"
    with pytest.raises(ScenarioError) as caught:
        parse(source, "f.yaml")
    shown = explain_error(caught.value, source).splitlines()
    assert max(map(len, shown)) < 200
    assert shown[1][shown[2].index("^")] == " "


def test_an_error_without_a_place_is_only_its_message() -> None:
    assert explain_error(ScenarioError("no such file"), b"") == "no such file"
    beyond = ScenarioError("odd", Mark(file="f", line=9, column=1))
    assert explain_error(beyond, b"a") == "f:9:1: odd"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"none\.yaml: cannot be read"):
        read_file(tmp_path / "none.yaml", "none.yaml")
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_file(tmp_path)


@given(st.binary(max_size=60))
@settings(max_examples=100)
def test_arbitrary_octets_give_nodes_or_an_error_with_a_place(source: bytes) -> None:
    found: ScenarioError | None = None
    try:
        parse(source, "f")
    except ScenarioError as error:
        found = error
    if found is not None:
        assert found.mark is not None
        assert explain_error(found, source).startswith("f:")


_TEXT = st.text(
    alphabet=st.one_of(
        st.characters(exclude_categories=["Cs"]), st.sampled_from("-:#,[]{}'\"&*!|>% .?$0")
    ),
    max_size=12,
)
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 3)),
    _TEXT,
    st.sampled_from(
        ["null", "true", "no", "010", "1.5", "- a", "a: b", "...", "---", "a #b", "x "]
    ),
).map(Scalar)
_NODES: st.SearchStrategy[Node] = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda items: Sequence(tuple(items))),
        st.dictionaries(_TEXT, inner, max_size=4).map(
            lambda entries: Mapping(tuple((Scalar(key), value) for key, value in entries.items()))
        ),
    ),
    max_leaves=12,
)


@given(_NODES)
@settings(max_examples=100)
def test_what_is_written_reads_back_as_itself(node: Node) -> None:
    if node == Scalar(None):
        return  # an empty document is refused
    assert parse(write(node).encode(), "f") == node


def test_long_text_is_folded() -> None:
    text = " ".join(["word"] * 60)
    node = Mapping(((Scalar("why"), Scalar(text)),))
    written = write(node)
    assert ">-" in written
    assert max(map(len, written.splitlines())) <= 100
    assert parse(written.encode(), "f") == node
