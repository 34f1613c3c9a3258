"""``complete``: the completeness field, in the draft's own name and sense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Node, Scalar
from conformance.model.protocols import Look, Malformed, Match, MatchContext, MatcherSpec
from conformance.syntax.nodes import mapping_node, read_choice, read_one
from conformance.syntax.schemas import VARIABLE, choice, either, mapping
from conformance.syntax.wording import no_final, shown

if TYPE_CHECKING:
    from conformance.model.transcript import Message


@dataclass(frozen=True, slots=True)
class Complete:
    """What the completeness field says.

    Attributes:
        value: complete or incomplete; None for absence, ``present`` for any valid value.
        negated: it says anything else, or nothing.
    """

    value: bool | str | None
    negated: bool = False


def _decode(node: Node) -> Complete:
    if isinstance(node, Mapping):
        key, value = read_one(node, "complete", ("not", "is"))
        if key == "is":
            return Complete(read_choice(value, "complete: is", ("present",)))
        return Complete(_boolean(value), negated=True)
    if isinstance(node, Scalar) and node.value is None:
        return Complete(None)
    return Complete(_boolean(node))


def _boolean(node: Node) -> bool:
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    raise ScenarioError("complete must be true, false or null", node.mark)


def _encode(test: Complete) -> Node:
    if test.value == "present":
        return mapping_node([("is", Scalar("present"))])
    value = Scalar(test.value)
    return mapping_node([("not", value)]) if test.negated else value


def _match(test: Complete, look: Look, context: MatchContext) -> Match:
    field = context.completeness_field()
    expected = _expected(test, field)
    message = look.message or (look.exchange.final if look.exchange is not None else None)
    if message is None:
        told = no_final(look.exchange) if look.exchange is not None else "no exchange"
        return Match(holds=None, expected=expected, observed=told)
    seen = context.completeness(message)
    return Match(holds=_holds(test, seen), expected=expected, observed=_told(message, field, seen))


def _holds(test: Complete, seen: bool | Malformed | None) -> bool:
    if test.value == "present":
        return isinstance(seen, bool)
    return (seen is test.value) is not test.negated


def _expected(test: Complete, field: str) -> str:
    if test.value == "present":
        return f"a valid {field} field"
    if test.value is None:
        return f"no {field} field"
    meaning = "complete" if test.value else "incomplete"
    return f"{field} that does not say {meaning}" if test.negated else f"{field} saying {meaning}"


def _told(message: Message, field: str, seen: bool | Malformed | None) -> str:
    value = message.value(field)
    if value is None:
        return f"no {field} field"
    if isinstance(seen, bool):
        return f"{field} {shown(value)} (says {'complete' if seen else 'incomplete'})"
    return f"{field} {shown(value)}, which is no valid value"


COMPLETE = MatcherSpec(
    key="complete",
    summary="The response says whether the upload is complete, by the draft's own field.",
    example="complete: {not: true}",
    schema=either(
        {"type": ["boolean", "null"]},
        VARIABLE,
        mapping({"not": either({"type": "boolean"}, VARIABLE), "is": choice("present")}, one=True),
    ),
    decode=_decode,
    encode=_encode,
    match=_match,
)
