"""``equals`` and ``written-by``: what a read-back found stored."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Node, Scalar
from conformance.model.protocols import Look, Match, MatchContext, MatcherSpec
from conformance.syntax.attribution import attribute, digest, first_difference
from conformance.syntax.nodes import (
    mapping_node,
    read_mapping,
    read_words,
    text_node,
    words_node,
)
from conformance.syntax.schemas import SIZE, STEPS, either, mapping
from conformance.syntax.values import describe, read_range, read_size
from conformance.syntax.wording import octets, shown

if TYPE_CHECKING:
    from conformance.model.content import Content
    from conformance.model.transcript import Stored
    from conformance.model.values import Range, Size

#: combinations of sources that are tried, far more than a scenario can need
_MOST = 64


@dataclass(frozen=True, slots=True)
class EqualsContent:
    """The stored octets are the content, or a part of it."""

    span: Range | None


@dataclass(frozen=True, slots=True)
class WrittenBy:
    """Each range was written by one of some steps.

    Attributes:
        parts: ranges and the steps of which one wrote all octets of the range.
    """

    parts: tuple[tuple[Range, tuple[str, ...]], ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """Return all steps spoken of."""
        return tuple(name for _, names in self.parts for name in names)


@dataclass(frozen=True, slots=True)
class WrittenFrom:
    """Everything from a position on was written by one of some steps."""

    steps: tuple[str, ...]
    start: Size


WrittenTest: TypeAlias = WrittenBy | WrittenFrom
Part: TypeAlias = tuple[int, int, tuple[str, ...]]


def _decode_equals(node: Node) -> EqualsContent:
    if isinstance(node, Mapping):
        if len(node.entries) != 1 or node.entries[0][1] != Scalar(None):
            raise ScenarioError("equals takes one range", node.mark, "write {0..8 KiB}")
        return EqualsContent(read_range(node.entries[0][0], "equals"))
    if isinstance(node, Scalar) and node.value == "content":
        return EqualsContent(None)
    return EqualsContent(read_range(node, "equals"))


def _encode_equals(test: EqualsContent) -> Node:
    return Scalar("content" if test.span is None else str(test.span))


def _decode_written(node: Node) -> WrittenTest:
    if not isinstance(node, Mapping):
        raise ScenarioError(f"written-by must be a mapping, not {describe(node)}", node.mark)
    entries = read_mapping(node, "written-by")
    if "one-of" in entries:
        read_mapping(node, "written-by", ("one-of", "from"))
        start = entries.get("from", Scalar("0 B"))
        return WrittenFrom(
            read_words(entries["one-of"], "one-of"), read_size(start, "written-by from")
        )
    return WrittenBy(
        tuple(
            (read_range(key, "written-by"), read_words(value, f"written-by {key.value}"))
            for key, value in node.entries
        )
    )


def _encode_written(test: WrittenTest) -> Node:
    if isinstance(test, WrittenFrom):
        return mapping_node([("one-of", words_node(test.steps)), ("from", text_node(test.start))])
    return mapping_node((str(span), words_node(steps)) for span, steps in test.parts)


def _match_equals(test: EqualsContent, look: Look, context: MatchContext) -> Match:
    content = context.content
    start, end = (0, content.size) if test.span is None else context.span(test.span)
    part = "the content" if test.span is None else f"octets {start}..{end} of the content"
    expected = f"{part}, {octets(end - start)}"
    stored = look.stored
    if stored is None or not stored.found:
        told = stored.detail if stored is not None else "nothing was read back"
        return Match(holds=None, expected=expected, observed=told or "nothing was found")
    if stored.sha256 == content.sha256(start, end):
        observed = f"the same, {octets(end - start)}, by {stored.way}"
        return Match(holds=True, expected=expected, observed=observed)
    return Match(holds=False, expected=expected, observed=_difference(stored, content, start, end))


def _difference(stored: Stored, content: Content, start: int, end: int) -> str:
    if not stored.octets and not stored.length:
        return f"another digest, by {stored.way}" if end > start else "nothing"
    told = f"{octets(stored.length)} by {stored.way}"
    at = first_difference(content, stored.octets[: end - start], start, 0)
    if at is None:
        return (
            f"{told}, the same as far as both go"
            if stored.length != end - start
            else (f"{told}, different after the first {octets(len(stored.octets))}")
        )
    found = stored.octets[at - start : at - start + 8]
    wanted = content.slice(at, at + 8)
    return f"{told}, different from octet {at} on: {shown(found)} instead of {shown(wanted)}"


def _match_written(test: WrittenTest, look: Look, context: MatchContext) -> Match:
    stored, content = look.stored, context.content
    parts = _parts(test, context, stored.length if stored is not None else content.size)
    expected = "; ".join(
        f"octets {start}..{end} by {' or '.join(steps)}" for start, end, steps in parts
    )
    if stored is None or not stored.found:
        told = stored.detail if stored is not None else "nothing was read back"
        return Match(holds=None, expected=expected, observed=told or "nothing was found")
    if not stored.octets and not stored.length and stored.sha256 != content.sha256(0, 0):
        told = "only a digest was read back"
        same = True if _by_digest(stored, content, parts, context) else None
        return Match(holds=same, expected=expected, observed=told)
    names = {context.mark(step): step for _, _, steps in parts for step in steps}
    observed = _ledger(stored, content, names)
    if _by_digest(stored, content, parts, context):
        return Match(holds=True, expected=expected, observed=observed)
    explained = _covers(stored, content, parts) and all(
        _written(stored, content, part, context) for part in parts
    )
    holds: bool | None = explained
    if holds and max(end for _, end, _ in parts) > len(stored.octets):
        holds = None
        observed += f"; only the first {octets(len(stored.octets))} were kept"
    return Match(holds=holds, expected=expected, observed=observed)


def _covers(stored: Stored, content: Content, parts: list[Part]) -> bool:
    reach = max(end for _, end, _ in parts)
    return stored.length == reach if reach == content.size else stored.length >= reach


def _parts(test: WrittenTest, context: MatchContext, length: int) -> list[Part]:
    if isinstance(test, WrittenFrom):
        return [(context.size(test.start), length, test.steps)]
    return [(*context.span(span), steps) for span, steps in test.parts]


def _by_digest(stored: Stored, content: Content, parts: list[Part], context: MatchContext) -> bool:
    """Tell whether one choice of sources explains all octets, by digest."""
    choices = itertools.product(*(steps for _, _, steps in parts))
    for chosen in itertools.islice(choices, _MOST):
        marked = zip(parts, map(context.mark, chosen), strict=True)
        if digest(content, [(start, end, mark) for (start, end, _), mark in marked]) == (
            stored.sha256
        ):
            return True
    return False


def _written(stored: Stored, content: Content, part: Part, context: MatchContext) -> bool:
    start, end, steps = part
    kept = stored.octets[start:end]
    return any(first_difference(content, kept, start, context.mark(step)) is None for step in steps)


def _ledger(stored: Stored, content: Content, names: dict[int, str]) -> str:
    runs = attribute(content, stored.octets, list(names), most=8)
    told = "; ".join(
        f"octets {run.start}..{run.end} by "
        + (names[run.mark] if run.mark is not None else "none of these")
        for run in runs
    )
    return f"{octets(stored.length)}: {told}" if told else "no octets"


EQUALS = MatcherSpec(
    key="equals",
    summary="The stored octets are the content, or exactly this part of it.",
    example="equals: content",
    schema={"type": ["string", "object"]},
    decode=_decode_equals,
    encode=_encode_equals,
    match=_match_equals,
    absent_final=True,
)
WRITTEN_BY = MatcherSpec(
    key="written-by",
    summary="Each range of the stored octets was written by this step (or by one of these).",
    example='written-by: {"0..8 KiB": up, "8 KiB..end": [a, b]}',
    schema=either(
        mapping({"one-of": STEPS, "from": SIZE}),
        {"type": "object", "additionalProperties": STEPS, "minProperties": 1},
    ),
    decode=_decode_written,
    encode=_encode_written,
    match=_match_written,
    absent_final=True,
)
