"""Each test of a field: whether it holds, and its demand in words."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, TypeAlias

from conformance.matchers.field.records import (
    KINDS,
    AllOf,
    BooleanIs,
    Bounds,
    Contains,
    DigestOfContent,
    Kind,
    Lines,
    Members,
    Not,
    NumberIn,
    NumberIs,
    OneOf,
    ResolvesTo,
    SameAs,
    Test,
    TextIs,
)
from conformance.matchers.field.seen import Seen, see, see_member, see_values
from conformance.model.protocols import MALFORMED, Malformed, MatchContext
from conformance.model.values import Ref, Template
from conformance.syntax import sf
from conformance.syntax.fieldtypes import FieldKind, is_http_date, is_media_type, split_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.model.content import Content

Verdict: TypeAlias = tuple[bool | None, str]
"""Whether a test holds (None: cannot be told, and the words say why), and its demand in words."""


def evaluate(test: Test, seen: Seen, context: MatchContext) -> Verdict:
    """Judge a field by a test; raises MissingCapture."""
    return _RULES[type(test)](test, seen, context)


def _text_is(test: TextIs, seen: Seen, context: MatchContext) -> Verdict:
    wanted = context.text(test.text)
    return seen.text == wanted, f'"{wanted}"'


def _number_is(test: NumberIs, seen: Seen, context: MatchContext) -> Verdict:
    wanted = context.size(test.size)
    return seen.number == wanted, str(wanted)


def _number_in(test: NumberIn, seen: Seen, context: MatchContext) -> Verdict:
    low, high = context.span(test.span)
    holds = isinstance(seen.number, int) and low <= seen.number <= high
    return holds, f"{low} to {high}"


def _bounds(test: Bounds, seen: Seen, context: MatchContext) -> Verdict:
    low = context.size(test.low) if test.low is not None else None
    high = context.size(test.high) if test.high is not None else None
    holds = (
        isinstance(seen.number, int)
        and (low is None or seen.number >= low)
        and (high is None or seen.number <= high)
    )
    words = [f"at least {low}"] if low is not None else []
    words += [f"at most {high}"] if high is not None else []
    return holds, " and ".join(words)


def _boolean_is(test: BooleanIs, seen: Seen, _: MatchContext) -> Verdict:
    return seen.boolean is test.value, "?1" if test.value else "?0"


def _kind(test: Kind, seen: Seen, context: MatchContext) -> Verdict:
    return _has_kind(test.word, seen, context), KINDS[test.word]


def _has_kind(word: str, seen: Seen, context: MatchContext) -> bool:
    if not seen.values:
        return word == "absent"
    match word:
        case "present":
            return True
        case "sf-integer":
            return isinstance(sf.parse_integer(seen.values), int)
        case "sf-boolean":
            return isinstance(seen.boolean, bool)
        case "sf-dictionary":
            # A Dictionary without members is never sent (RFC 9651 section 3.2).
            parsed = sf.parse_dictionary(seen.values)
            return isinstance(parsed, dict) and bool(parsed)
        case "uri-reference":
            return len(seen.values) == 1 and _resolved(seen, context) is not None
        case "http-date":
            return len(seen.values) == 1 and is_http_date(seen.values[0])
        case "media-type":
            return len(seen.values) == 1 and is_media_type(seen.values[0])
        case _:
            return False


def _resolved(seen: Seen, context: MatchContext) -> str | None:
    if seen.exchange is None or not seen.values:
        return None
    return context.resolve(seen.exchange, seen.values[0])


def _contains(test: Contains, seen: Seen, context: MatchContext) -> Verdict:
    token = context.text(test.token)
    if seen.kind is FieldKind.SF_DICTIONARY:
        members = sf.parse_dictionary(seen.values)
        return isinstance(members, dict) and token in members, f"with the member {token}"
    names = split_list(", ".join([seen.text] if seen.text else []).encode("latin-1"))
    return token.lower() in names, f"containing {token}"


def _same_as(test: SameAs, seen: Seen, context: MatchContext) -> Verdict:
    other, missing = _other(test.message, seen, context)
    if other is None:
        return None, missing
    if not other.values:
        return None, f"to compare with: {test.message} carries no {seen.name}"
    return _meaning(seen, context) == _meaning(other, context), f"as {test.message}: {other.text}"


def _other(message: str, seen: Seen, context: MatchContext) -> tuple[Seen | None, str]:
    if message == "request":
        if seen.exchange is None:
            return None, "to compare with: no request"
        return see_values(seen.name, seen.exchange.request.values(seen.name), seen.exchange), ""
    step, _, which = message.partition(".")
    exchange = context.exchange(step)
    if exchange is None:
        return None, f"to compare with: step {step} was not made"
    found = exchange.final
    if which:
        found = next((each for each in exchange.interims if each.status == 104), None)
    if found is None:
        return None, f"to compare with: step {step} brought no {which or 'final response'}"
    return see(seen.name, found, exchange), ""


def _meaning(seen: Seen, context: MatchContext) -> object:
    """Return what two spellings of one value have in common; the spelling if it is no value."""
    value: object = MALFORMED
    match seen.kind:
        case FieldKind.SF_INTEGER | FieldKind.DIGITS:
            value = seen.number
        case FieldKind.SF_BOOLEAN:
            value = seen.boolean
        case FieldKind.SF_DICTIONARY:
            value = sf.parse_dictionary(seen.values)
        case FieldKind.URI_REFERENCE:
            value = _resolved(seen, context) or MALFORMED
        case _:
            value = seen.text
    return seen.text if isinstance(value, Malformed) else value


def _lines(test: Lines, seen: Seen, _: MatchContext) -> Verdict:
    return len(seen.values) == test.count, f"in {test.count} field lines"


def _digest(_: DigestOfContent, seen: Seen, context: MatchContext) -> Verdict:
    expected = "with the digest of the content"
    members = sf.parse_dictionary(seen.values)
    if not isinstance(members, dict):
        return False, expected
    known = [
        (algorithm, members[key])
        for key, algorithm in (("sha-256", "sha256"), ("sha-512", "sha512"))
        if key in members
    ]
    if not known:
        return (None if members else False), f"{expected}, by SHA-256 or SHA-512"
    return all(_is_digest(item, algorithm, context.content) for algorithm, item in known), expected


def _is_digest(member: sf.Member, algorithm: str, content: Content) -> bool:
    if not isinstance(member, sf.Item):
        return False
    digest = hashlib.new(algorithm)
    for piece in content.pieces(0, content.size):
        digest.update(piece)
    return member.value == digest.digest()


def _resolves_to(test: ResolvesTo, seen: Seen, context: MatchContext) -> Verdict:
    wanted = context.text(Template((Ref(test.step, "url"),)))
    return _resolved(seen, context) == wanted, f"that resolves to {wanted}"


def _not(test: Not, seen: Seen, context: MatchContext) -> Verdict:
    holds, words = evaluate(test.test, seen, context)
    return (None if holds is None else not holds), f"not {words}"


def _one_of(test: OneOf, seen: Seen, context: MatchContext) -> Verdict:
    verdicts = [evaluate(each, seen, context) for each in test.tests]
    holds: bool | None = any(holds for holds, _ in verdicts)
    if not holds and any(each is None for each, _ in verdicts):
        holds = None
    return holds, " or ".join(words for _, words in verdicts)


def _all_of(test: AllOf, seen: Seen, context: MatchContext) -> Verdict:
    return _together([evaluate(each, seen, context) for each in test.tests])


def _together(verdicts: list[Verdict]) -> Verdict:
    holds: bool | None = not any(each is False for each, _ in verdicts)
    if holds and any(each is None for each, _ in verdicts):
        holds = None
    return holds, " and ".join(words for _, words in verdicts)


def _members(test: Members, seen: Seen, context: MatchContext) -> Verdict:
    parsed = sf.parse_dictionary(seen.values)
    members = parsed if isinstance(parsed, dict) else {}
    verdicts = []
    for key, each in test.members:
        holds, words = evaluate(each, see_member(seen.name, key, members.get(key)), context)
        verdicts.append((holds and parsed is not MALFORMED, f"{key}: {words}"))
    return _together(verdicts)


_RULES: dict[type[Any], Callable[[Any, Seen, MatchContext], Verdict]] = {
    TextIs: _text_is,
    NumberIs: _number_is,
    NumberIn: _number_in,
    Bounds: _bounds,
    BooleanIs: _boolean_is,
    Kind: _kind,
    Contains: _contains,
    SameAs: _same_as,
    Lines: _lines,
    DigestOfContent: _digest,
    ResolvesTo: _resolves_to,
    Not: _not,
    OneOf: _one_of,
    AllOf: _all_of,
    Members: _members,
}
