"""``member``: members of a problem details object (RFC 9457)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from conformance.model.errors import ScenarioError
from conformance.model.node import Node, Scalar
from conformance.model.protocols import Look, Match, MatchContext, MatcherSpec
from conformance.model.values import Size, Template
from conformance.syntax.nodes import mapping_node, read_mapping, text_node
from conformance.syntax.problem import Problem, read_problem
from conformance.syntax.values import read_size, read_template, scalar_text
from conformance.syntax.wording import no_final

if TYPE_CHECKING:
    from conformance.model.transcript import Message

_SAME = "same-as-status"
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class SameAsStatus:
    """The member equals the status code, or is absent."""


Demand: TypeAlias = Size | Template | bool | SameAsStatus | None


@dataclass(frozen=True, slots=True)
class MembersAre:
    """Members and what is demanded of each; None for absence."""

    members: tuple[tuple[str, Demand], ...]


def _decode(node: Node) -> MembersAre:
    entries = read_mapping(node, "member")
    return MembersAre(tuple((key, _demand(key, value)) for key, value in entries.items()))


def _demand(key: str, node: Node) -> Demand:
    if isinstance(node, Scalar) and (node.value is None or isinstance(node.value, bool)):
        return node.value
    text = scalar_text(node, f"member {key}")
    if text == _SAME:
        return SameAsStatus()
    try:
        return read_size(node, f"member {key}")
    except ScenarioError:
        return read_template(node, f"member {key}")


def _encode(test: MembersAre) -> Node:
    return mapping_node((key, _written(demand)) for key, demand in test.members)


def _written(demand: Demand) -> Node:
    if isinstance(demand, SameAsStatus):
        return Scalar(_SAME)
    if isinstance(demand, Size):
        return text_node(demand)
    if isinstance(demand, Template):
        return Scalar(str(demand))
    return Scalar(demand)


def _match(test: MembersAre, look: Look, context: MatchContext) -> Match:
    message = look.message or (look.exchange.final if look.exchange is not None else None)
    names = ", ".join(name for name, _ in test.members)
    if message is None:
        told = no_final(look.exchange) if look.exchange is not None else "no exchange"
        return Match(holds=None, expected=f"problem details with {names}", observed=told)
    wanted = [(name, _value(demand, message, context)) for name, demand in test.members]
    expected = ", ".join(_words(name, value) for name, value in wanted)
    problem = read_problem(message)
    if problem is None:
        return Match(holds=False, expected=expected, observed="no problem details")
    observed = ", ".join(_words(name, problem.members.get(name, _ABSENT)) for name, _ in wanted)
    holds = all(
        _fits(demand, value, name, problem)
        for (_, demand), (name, value) in zip(test.members, wanted, strict=True)
    )
    return Match(holds=holds, expected=expected, observed=observed)


def _value(demand: Demand, message: Message, context: MatchContext) -> object:
    match demand:
        case SameAsStatus():
            return message.status
        case Size():
            return context.size(demand)
        case Template():
            return context.text(demand)
        case None:
            return _ABSENT
        case _:
            return demand


def _fits(demand: Demand, wanted: object, name: str, problem: Problem) -> bool:
    found = problem.members.get(name, _ABSENT)
    if isinstance(demand, SameAsStatus) and found is _ABSENT:
        return True
    return type(found) is type(wanted) and found == wanted


def _words(name: str, value: object) -> str:
    return f"no {name}" if value is _ABSENT else f"{name} {str(value)[:80]!r}".replace("'", '"')


MEMBER = MatcherSpec(
    key="member",
    summary="Members of the problem details have these values.",
    example="member: {expected-offset: 10 KiB, status: same-as-status}",
    schema={
        "type": "object",
        "additionalProperties": {"type": ["string", "integer", "boolean", "null"]},
        "minProperties": 1,
    },
    decode=_decode,
    encode=_encode,
    match=_match,
)
