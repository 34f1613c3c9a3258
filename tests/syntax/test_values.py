"""Sizes, ranges, durations, templates and status sets as an author writes them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Mark, Node, Scalar, Sequence
from conformance.model.values import (
    Duration,
    EndOfContent,
    Octets,
    Percent,
    Range,
    Ref,
    Size,
    StatusSet,
    Template,
)
from conformance.syntax.values import (
    describe,
    read_duration,
    read_range,
    read_size,
    read_status,
    read_template,
    scalar_text,
    write_status,
)

ZERO = Size(((1, Octets(0)),))
END = Size(((1, EndOfContent()),))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        (17, ((1, Octets(17)),)),
        ("17 B", ((1, Octets(17)),)),
        ("10 KiB", ((1, Octets(10240)),)),
        ("2MiB", ((1, Octets(2 * 1024**2)),)),
        ("1 GiB", ((1, Octets(1024**3)),)),
        ("50%", ((1, Percent(50)),)),
        ("end", ((1, EndOfContent()),)),
        ("-1 B", ((-1, Octets(1)),)),
        ("- 1 B", ((-1, Octets(1)),)),
        ("10 KiB - 1 B", ((1, Octets(10240)), (-1, Octets(1)))),
        ("end + 1 B", ((1, EndOfContent()), (1, Octets(1)))),
        (
            "$seen.Upload-Offset+1 B",
            ((1, Ref("seen", "Upload-Offset")), (1, Octets(1))),
        ),
    ],
)
def test_a_size_is_a_sum_of_terms(text: str | int, terms: tuple[object, ...]) -> None:
    assert read_size(Scalar(text)).terms == terms


@pytest.mark.parametrize(
    "text", ["", "ten", "10 kB", "101%", "1 B +", "1 B 2 B", "1 B * 2", "$", "1.5 KiB", "+1 B"]
)
def test_what_is_no_size_is_refused_at_its_place(text: str) -> None:
    mark = Mark(file="f.yaml", line=3, column=7)
    with pytest.raises(ScenarioError) as caught:
        read_size(Scalar(text, mark))
    assert caught.value.mark == mark


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all", Range(ZERO, END)),
        ("nothing", Range(ZERO, ZERO)),
        ("0..10 KiB", Range(ZERO, Size(((1, Octets(10240)),)))),
        ("50%..end", Range(Size(((1, Percent(50)),)), END)),
        ("0..-1 B", Range(ZERO, Size(((-1, Octets(1)),)))),
    ],
)
def test_a_range_has_a_start_and_an_end(text: str, expected: Range) -> None:
    assert read_range(Scalar(text)) == expected


@pytest.mark.parametrize("text", ["10 KiB", "x..y", "..", "10 KiB..1 KiB", "0 - 10"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError):
        read_range(Scalar(text))


@pytest.mark.parametrize(
    ("text", "seconds", "written"),
    [
        ("250 ms", 0.25, "250 ms"),
        ("5 s", 5.0, "5 s"),
        ("1 min", 60.0, "60 s"),
        ("0.5 s", 0.5, "500 ms"),
    ],
)
def test_a_duration_is_read_and_written(text: str, seconds: float, written: str) -> None:
    duration = read_duration(Scalar(text))
    assert duration == Duration(seconds)
    assert str(duration) == written


@pytest.mark.parametrize("text", ["5", "s", "-1 s", "2 h", "61 min"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError):
        read_duration(Scalar(text))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("plain", ("plain",)),
        ("", ("",)),
        (7, ("7",)),
        ("$$5", ("$5",)),
        ("$up.path", (Ref("up", "path"),)),
        ("${up.path}/x", (Ref("up", "path"), "/x")),
        ("a $draft.number b", ("a ", Ref("draft", "number"), " b")),
    ],
)
def test_a_template_holds_references(text: str | int, parts: tuple[object, ...]) -> None:
    assert read_template(Scalar(text)).parts == parts


def test_a_lone_dollar_is_refused_with_a_remedy() -> None:
    with pytest.raises(ScenarioError) as caught:
        read_template(Scalar("costs 5 $"))
    assert "$$" in caught.value.remedy


@given(st.text(alphabet="ab $.{}-", max_size=20))
@settings(max_examples=100)
def test_a_template_reads_back_as_itself(text: str) -> None:
    try:
        template = read_template(Scalar(text))
    except ScenarioError:
        return
    assert read_template(Scalar(str(template))) == template


_ATOMS = st.one_of(
    st.integers(0, 10**9).map(Octets),
    st.integers(0, 100).map(Percent),
    st.just(EndOfContent()),
    st.just(Ref("seen", "Upload-Offset")),
)
_SIZES = st.lists(st.tuples(st.sampled_from((1, -1)), _ATOMS), min_size=1, max_size=4).map(
    lambda terms: Size(tuple(terms))
)


@given(_SIZES)
@settings(max_examples=100)
def test_a_size_reads_back_as_itself(size: Size) -> None:
    assert read_size(Scalar(str(size))) == size


@pytest.mark.parametrize(
    ("node", "patterns"),
    [
        (Scalar(409), ("409",)),
        (Scalar("2xx"), ("2xx",)),
        (Sequence((Scalar(409), Scalar("5xx"))), ("409", "5xx")),
    ],
)
def test_a_status_set_reads_back_as_itself(node: Node, patterns: tuple[str, ...]) -> None:
    statuses = read_status(node)
    assert statuses == StatusSet(patterns)
    assert write_status(statuses) == node


@pytest.mark.parametrize("node", [Scalar("9xx"), Scalar(42), Sequence(()), Scalar("ok")])
def test_what_is_no_status_is_refused(node: Node) -> None:
    with pytest.raises(ScenarioError):
        read_status(node)


def test_a_status_set_knows_its_members() -> None:
    statuses = StatusSet(("2xx", "409"))
    assert 204 in statuses
    assert 409 in statuses
    assert 410 not in statuses
    assert "204" not in statuses
    assert str(statuses) == "2xx or 409"


@pytest.mark.parametrize(
    ("node", "words"),
    [
        (Mapping(()), "a mapping"),
        (Sequence(()), "a list"),
        (Scalar(None), "null"),
        (Scalar(True), "the boolean true"),
        (Scalar(1.5), "the number 1.5"),
        (Scalar("x"), "the text 'x'"),
    ],
)
def test_nodes_are_described_in_words(node: Node, words: str) -> None:
    assert describe(node) == words


@pytest.mark.parametrize(
    "node", [Scalar(True), Scalar(1.5), Scalar(None), Mapping(()), Sequence(())]
)
def test_what_is_no_text_is_refused(node: Node) -> None:
    with pytest.raises(ScenarioError, match="must be text"):
        scalar_text(node, "this")


def test_numbers_and_text_are_text() -> None:
    assert scalar_text(Scalar(10), "this") == "10"
    assert scalar_text(Scalar("ten"), "this") == "ten"


def test_a_template_is_written_so_that_dollars_survive() -> None:
    assert str(Template(("5$ ", Ref("up", "path")))) == "5$$ ${up.path}"
    assert str(Ref("up")) == "$up"
