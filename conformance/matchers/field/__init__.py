"""Keys with a capital letter: what a field of the message looked at must say."""

from __future__ import annotations

from functools import lru_cache

from conformance.matchers.field.notation import SCHEMA, decode_field, encode_field
from conformance.matchers.field.records import FieldTest, Kind
from conformance.matchers.field.seen import see
from conformance.matchers.field.tests import evaluate
from conformance.model.protocols import Look, Match, MatchContext, MatcherSpec
from conformance.syntax.wording import no_final

__all__ = ["FIELD", "FieldTest", "decode_field", "encode_field", "field_spec"]


def _match(field: FieldTest, look: Look, context: MatchContext) -> Match:
    message = look.message or (look.exchange.final if look.exchange is not None else None)
    if message is None:
        told = no_final(look.exchange) if look.exchange is not None else "no exchange"
        return Match(holds=None, expected=f"a {field.name} field", observed=told)
    seen = see(field.name, message, look.exchange)
    holds, words = evaluate(field.test, seen, context)
    absent = field.test == Kind("absent")
    expected = f"no {field.name} field" if absent else f"{field.name} {words}"
    observed = seen.told()
    if holds is None:
        observed = f"{observed}; nothing {words}" if words.startswith("to compare") else observed
    return Match(holds=holds, expected=expected, observed=observed)


@lru_cache(maxsize=512)
def field_spec(name: str) -> MatcherSpec:
    """Return the declaration of the matcher of one field."""
    return MatcherSpec(
        key=name,
        summary="A field of the message is absent, has a value, a form, or a relation to another.",
        example="Upload-Offset: {is: sf-integer, max: $first.sent}",
        schema=SCHEMA,
        decode=lambda node: decode_field(name, node),
        encode=encode_field,
        match=_match,
    )


FIELD = field_spec("Field-Name")
