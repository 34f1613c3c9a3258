"""``content``: the content of the final response."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.model.node import Mapping, Node, Scalar
from conformance.model.protocols import Look, Match, MatchContext, MatcherSpec
from conformance.syntax.nodes import mapping_node, read_choice, read_one
from conformance.syntax.schemas import STEP, choice, either, mapping
from conformance.syntax.values import scalar_text
from conformance.syntax.wording import answer, no_final, octets, shown

if TYPE_CHECKING:
    from conformance.model.transcript import ReceivedContent


@dataclass(frozen=True, slots=True)
class ContentIs:
    """What the content must be.

    Attributes:
        how: ``empty``, ``equals`` (the scenario's content) or ``same-as`` (another step's).
        step: for ``same-as``.
    """

    how: str
    step: str = ""


def _decode(node: Node) -> ContentIs:
    if not isinstance(node, Mapping):
        return ContentIs(read_choice(node, "content", ("empty",)))
    key, value = read_one(node, "content", ("same-as", "equals"))
    if key == "equals":
        read_choice(value, "content: equals", ("content",))
        return ContentIs("equals")
    return ContentIs("same-as", scalar_text(value, "content: same-as"))


def _encode(test: ContentIs) -> Node:
    if test.how == "empty":
        return Scalar("empty")
    return mapping_node([(test.how, Scalar(test.step or "content"))])


def _match(test: ContentIs, look: Look, context: MatchContext) -> Match:
    expected = {
        "empty": "empty content",
        "equals": f"the content that was uploaded ({octets(context.content.size)})",
        "same-as": f"the same content as in step {test.step}",
    }[test.how]
    final = look.exchange.final if look.exchange is not None else None
    if final is None:
        told = no_final(look.exchange) if look.exchange is not None else "no exchange"
        return Match(holds=None, expected=expected, observed=told)
    mine = final.content
    observed = _told(mine)
    if test.how == "empty":
        stray = look.exchange.stray if look.exchange is not None else b""
        empty = mine is None or mine.length == 0
        return Match(
            holds=empty and not stray,
            expected=expected,
            observed=f"{octets(len(stray))} that belong to no response" if stray else observed,
        )
    if test.how == "equals":
        return Match(
            holds=_digest(mine) == context.content.sha256(), expected=expected, observed=observed
        )
    other = context.exchange(test.step)
    if other is None or other.final is None:
        told = answer(other) if other is not None else "it was not made"
        return Match(holds=None, expected=expected, observed=f"step {test.step}: {told}")
    same = _digest(mine) == _digest(other.final.content)
    return Match(
        holds=same, expected=f"{expected}: {_told(other.final.content)}", observed=observed
    )


def _digest(content: ReceivedContent | None) -> bytes:
    if content is None or not content.shortened:
        return hashlib.sha256(content.octets if content is not None else b"").digest()
    return content.sha256


def _told(content: ReceivedContent | None) -> str:
    if content is None or content.length == 0:
        return "empty content"
    cut_off = "" if content.complete else ", not received to its end"
    return f"{octets(content.length)} of content: {shown(content.octets, 60)}{cut_off}"


CONTENT = MatcherSpec(
    key="content",
    summary="The content of the final response is empty, the upload's, or that of another step.",
    example="content: {same-as: first}",
    schema=either(
        choice("empty"), mapping({"same-as": STEP, "equals": choice("content")}, one=True)
    ),
    decode=_decode,
    encode=_encode,
    match=_match,
)
