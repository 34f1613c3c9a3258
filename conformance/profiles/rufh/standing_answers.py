"""Standing rules about fields and content of any response."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.model.protocols import MALFORMED
from conformance.profiles.rufh.drafts import PROBLEM_BASE
from conformance.profiles.rufh.findings import Finding
from conformance.syntax import sf
from conformance.syntax.fieldtypes import SINGLE_FIELDS
from conformance.syntax.problem import MEDIA_TYPE, read_problem
from conformance.syntax.wording import phrase, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.model.transcript import Exchange, Message
    from conformance.profiles.rufh.drafts import Draft
    from conformance.profiles.rufh.observations import Observations

Rule: TypeAlias = "Callable[[Exchange, Observations, Draft], Iterator[Finding]]"

_INTEGERS: Final = ("Upload-Offset", "Upload-Length")
_SINGLE: Final = tuple((name.lower().encode(), name) for name in SINGLE_FIELDS)
_TOO_LONG: Final = re.compile(rb"-?\d{16,}")
_NO_URI: Final = re.compile(rb"[^\x21-\x7e]|[\"<>\\^`{|}]|%(?![0-9A-Fa-f]{2})")


def _responses(exchange: Exchange) -> tuple[Message, ...]:
    return (*exchange.interims, *((exchange.final,) if exchange.final is not None else ()))


def single_lines(exchange: Exchange, _: Observations, __: Draft) -> Iterator[Finding]:
    """Fields that are no lists have one field line; of those that have, the first is told."""
    clean = False
    for message in _responses(exchange):
        present = [line.name.lower() for line in message.fields]
        for folded, name in _SINGLE:
            count = present.count(folded)
            if not count or (count == 1 and clean):
                continue
            clean = clean or count == 1
            told = ", ".join(shown(value) for value in message.values(name)[:3])
            yield Finding(
                requirement="HTTP-NO-DUPLICATE-LINES",
                holds=count == 1,
                expected=f"one field line {name}",
                observed=f"{count} in {phrase(message.status)}: {told}",
                exchanges=(exchange.id,),
            )


def booleans(exchange: Exchange, _: Observations, draft: Draft) -> Iterator[Finding]:
    """The completeness field of responses is a Boolean."""
    name = draft.completeness_field
    for message in _responses(exchange):
        values = message.values(name)
        if len(values) == 1:
            yield Finding(
                requirement="SF-BOOLEAN-SYNTAX",
                holds=sf.parse_boolean(values) is not MALFORMED,
                expected=f"{name} ?1 or ?0",
                observed=f"{phrase(message.status)}: {name} {shown(values[0])}",
                exchanges=(exchange.id,),
            )


def integers(exchange: Exchange, _: Observations, __: Draft) -> Iterator[Finding]:
    """Offsets and lengths of responses are Integers of at most 15 digits."""
    for message in _responses(exchange):
        for name in _INTEGERS:
            values = message.values(name)
            if len(values) != 1:
                continue
            long = _TOO_LONG.fullmatch(values[0]) is not None
            yield Finding(
                requirement="SF-INTEGER-RANGE" if long else "SF-INTEGER-SYNTAX",
                holds=sf.parse_integer(values) is not MALFORMED,
                expected=f"{name} as an Integer of at most 15 digits",
                observed=f"{phrase(message.status)}: {name} {shown(values[0])}",
                exchanges=(exchange.id,),
            )


def references(exchange: Exchange, _: Observations, __: Draft) -> Iterator[Finding]:
    """Location is a URI reference."""
    for message in _responses(exchange):
        for value in message.values("Location")[:1]:
            yield Finding(
                requirement="HTTP-LOCATION-REFERENCE",
                holds=_NO_URI.search(value) is None,
                expected="Location as a URI reference",
                observed=f"{phrase(message.status)}: Location {shown(value)}",
                exchanges=(exchange.id,),
            )


def companions(exchange: Exchange, _: Observations, __: Draft) -> Iterator[Finding]:
    """Statuses that oblige to a field: 401, 405 and, for appends, 415."""
    final, request = exchange.final, exchange.request
    if final is None:
        return
    obliged = {
        401: ("HTTP-401-CHALLENGE", "WWW-Authenticate"),
        405: ("HTTP-405-ALLOW", "Allow"),
    }
    if request.method == "PATCH" and not request.values("Content-Encoding"):
        obliged[415] = ("PATCH-415-ACCEPT-PATCH", "Accept-Patch")
    if final.status in obliged:
        requirement, field = obliged[final.status]
        value = final.value(field)
        told = f"no {field} field" if value is None else f"{field} {shown(value)}"
        yield Finding(
            requirement=requirement,
            holds=value is not None,
            expected=f"{final.status} with {field}",
            observed=f"{phrase(final.status)}: {told}",
            exchanges=(exchange.id,),
        )


def problems(exchange: Exchange, _: Observations, __: Draft) -> Iterator[Finding]:
    """Problem details repeat the status and have their own media type."""
    final = exchange.final
    problem = read_problem(final) if final is not None else None
    if final is None or problem is None:
        return
    status = problem.members.get("status")
    if isinstance(status, int):
        yield Finding(
            requirement="PROBLEM-STATUS-MATCH",
            holds=status == final.status,
            expected=f"the status member {final.status}, or none",
            observed=f"the status member {status}",
            exchanges=(exchange.id,),
        )
    if problem.type.startswith(PROBLEM_BASE):
        yield Finding(
            requirement="PROBLEM-MEDIATYPE",
            holds=problem.media_type == MEDIA_TYPE,
            expected=f"problem details as {MEDIA_TYPE}",
            observed=problem.media_type or "no Content-Type field",
            exchanges=(exchange.id,),
        )


ANSWER_RULES: Final[tuple[Rule, ...]] = (
    single_lines,
    booleans,
    integers,
    references,
    companions,
    problems,
)
