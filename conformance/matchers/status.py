"""``status``: the status code of the message looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from conformance.model.node import Mapping, Node
from conformance.model.protocols import Look, Match, MatchContext, MatcherSpec
from conformance.syntax.nodes import mapping_node, read_one, text_node
from conformance.syntax.schemas import STATUS_SET, STEP, either, mapping
from conformance.syntax.values import read_status, scalar_text, write_status
from conformance.syntax.wording import answer, no_final, phrase

if TYPE_CHECKING:
    from conformance.model.transcript import Message
    from conformance.model.values import StatusSet


@dataclass(frozen=True, slots=True)
class StatusIs:
    """The status is one of a set, or none of it."""

    statuses: StatusSet
    negated: bool = False


@dataclass(frozen=True, slots=True)
class StatusLike:
    """The status equals another step's, exactly or in its class."""

    step: str
    exact: bool


StatusTest: TypeAlias = StatusIs | StatusLike

_KEYS = ("not", "same-class-as", "same-as")


def _decode(node: Node) -> StatusTest:
    if not isinstance(node, Mapping):
        return StatusIs(read_status(node))
    key, value = read_one(node, "status", _KEYS)
    if key == "not":
        return StatusIs(read_status(value), negated=True)
    return StatusLike(scalar_text(value, key), exact=key == "same-as")


def _encode(test: StatusTest) -> Node:
    if isinstance(test, StatusLike):
        key = "same-as" if test.exact else "same-class-as"
        return mapping_node([(key, text_node(test.step))])
    written = write_status(test.statuses)
    return mapping_node([("not", written)]) if test.negated else written


def _message(look: Look) -> Message | None:
    if look.message is not None:
        return look.message
    return look.exchange.final if look.exchange is not None else None


def _match(test: StatusTest, look: Look, context: MatchContext) -> Match:
    message = _message(look)
    if isinstance(test, StatusLike):
        return _compare(test, message, look, context)
    expected = f"status {'other than ' if test.negated else ''}{test.statuses}"
    if message is None:
        told = no_final(look.exchange) if look.exchange is not None else "no exchange"
        return Match(holds=False, expected=expected, observed=told)
    holds = (message.status in test.statuses) is not test.negated
    return Match(holds=holds, expected=expected, observed=phrase(message.status))


def _compare(test: StatusLike, mine: Message | None, look: Look, context: MatchContext) -> Match:
    other = context.exchange(test.step)
    what = "the same status" if test.exact else "a status of the same class"
    expected = f"{what} as step {test.step}"
    if other is None or other.final is None:
        told = answer(other) if other is not None else "it was not made"
        return Match(holds=None, expected=expected, observed=f"step {test.step}: {told}")
    expected += f" ({phrase(other.final.status)})"
    if mine is None:
        told = no_final(look.exchange) if look.exchange is not None else "no exchange"
        return Match(holds=False, expected=expected, observed=told)
    same = mine.status == other.final.status
    if not test.exact:
        same = mine.status // 100 == other.final.status // 100
    return Match(holds=same, expected=expected, observed=phrase(mine.status))


STATUS = MatcherSpec(
    key="status",
    summary="The status code is in a set, outside it, or like that of another step.",
    example="status: {not: [409, 5xx]}",
    schema=either(
        STATUS_SET, mapping({"not": STATUS_SET, "same-class-as": STEP, "same-as": STEP}, one=True)
    ),
    decode=_decode,
    encode=_encode,
    match=_match,
)
