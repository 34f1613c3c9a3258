"""``unique``, ``entropy`` and ``same``: values compared over several exchanges."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.model.errors import ScenarioError
from conformance.model.node import Node, Scalar
from conformance.model.protocols import Look, Match, MatchContext, MatcherSpec
from conformance.syntax import sf
from conformance.syntax.fieldtypes import FieldKind, field_kind, read_number
from conformance.syntax.nodes import mapping_node, read_count, read_mapping, read_words, words_node
from conformance.syntax.schemas import STEP, TEXT, mapping
from conformance.syntax.values import scalar_text
from conformance.syntax.wording import no_final, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.model.transcript import Exchange

_SAMPLES = 20


@dataclass(frozen=True, slots=True)
class Entropy:
    """At least so many bits of a field's values look random."""

    field: str
    bits: int


@dataclass(frozen=True, slots=True)
class Same:
    """Fields of the final response mean the same as in another step's."""

    step: str
    fields: tuple[str, ...]


def _value(exchange: Exchange, field: str, context: MatchContext) -> str | None:
    """Return a field's value from the first response that carries it, references resolved."""
    messages = list(exchange.interims)
    if exchange.final is not None:
        messages.append(exchange.final)
    for message in messages:
        value = message.value(field)
        if value is not None:
            if field_kind(field) is FieldKind.URI_REFERENCE:
                return context.resolve(exchange, value)
            return value.decode("latin-1")
    return None


def _values(field: str, look: Look, context: MatchContext) -> list[str]:
    found = (_value(exchange, field, context) for exchange in look.exchanges)
    return [value for value in found if value is not None]


def _match_unique(field: str, look: Look, context: MatchContext) -> Match:
    values = _values(field, look, context)
    expected = f"a {field} of its own for each of {len(look.exchanges)} exchanges"
    repeated = [value for value, count in Counter(values).items() if count > 1]
    if repeated:
        observed = f"{field} {repeated[0]} came more than once"
        return Match(holds=False, expected=expected, observed=observed)
    observed = f"{len(values)} different values"
    return Match(holds=True if len(values) > 1 else None, expected=expected, observed=observed)


def _match_entropy(test: Entropy, look: Look, context: MatchContext) -> Match:
    expected = f"a {test.field} with at least {test.bits} bits that cannot be guessed"
    values = _values(test.field, look, context)
    if len(values) < _SAMPLES:
        observed = f"{len(values)} values, too few to estimate (at least {_SAMPLES})"
        return Match(holds=None, expected=expected, observed=observed)
    bits = estimate_bits(values)
    return Match(
        holds=bits >= test.bits,
        expected=expected,
        observed=f"about {bits:.0f} bits vary in {len(values)} values, such as {values[0]}",
    )


def estimate_bits(values: Sequence[str]) -> float:
    """Estimate how many bits vary independently in a set of identifiers.

    What all values share at either end is left out. Each remaining position counts with its
    empirical entropy, corrected for the small number of samples and bounded by the alphabet of its
    characters. It is a lower bound for good generators, not a proof: counters that were scrambled
    look random.
    """
    start = _shared(values)
    rest = [value[start:] for value in values]
    end = _shared([value[::-1] for value in rest])
    rest = [value[: len(value) - end] for value in rest]
    alphabet = math.log2(_alphabet("".join(rest)))
    shortest = min(len(value) for value in rest)
    return sum(
        min(alphabet, _entropy([value[-position] for value in rest]))
        for position in range(1, shortest + 1)
    )


def _shared(values: Sequence[str]) -> int:
    """Return how many characters all values begin with."""
    low, high = min(values), max(values)
    pairs = enumerate(zip(low, high, strict=False))
    return next((at for at, (one, two) in pairs if one != two), min(len(low), len(high)))


def _alphabet(characters: str) -> int:
    used = set(characters)
    if used <= set("0123456789"):
        return 10
    if used <= set("0123456789abcdef-") or used <= set("0123456789ABCDEF-"):
        return 16
    return 36 if characters in (characters.lower(), characters.upper()) else 64


def _entropy(characters: list[str]) -> float:
    counts = Counter(characters)
    if len(counts) == 1:
        return 0.0
    total = len(characters)
    plain = -sum(n / total * math.log2(n / total) for n in counts.values())
    return plain + (len(counts) - 1) / (2 * total * math.log(2))


def _match_same(test: Same, look: Look, context: MatchContext) -> Match:
    other = context.exchange(test.step)
    expected = f"{', '.join(test.fields)} as in step {test.step}"
    if look.exchange is None or look.exchange.final is None:
        told = no_final(look.exchange) if look.exchange is not None else "no exchange"
        return Match(holds=None, expected=expected, observed=told)
    if other is None or other.final is None:
        told = no_final(other) if other is not None else "was not made"
        return Match(holds=None, expected=expected, observed=f"step {test.step}: {told}")
    differ = [
        f"{field} {_shown(look.exchange, field)} instead of {_shown(other, field)}"
        for field in test.fields
        if _meaning(look.exchange, field, context) != _meaning(other, field, context)
    ]
    return Match(holds=not differ, expected=expected, observed="; ".join(differ) or "the same")


def _meaning(exchange: Exchange, field: str, context: MatchContext) -> object:
    values = exchange.final.values(field) if exchange.final is not None else ()
    meaning: object = None
    match field_kind(field):
        case FieldKind.SF_INTEGER | FieldKind.DIGITS:
            meaning = read_number(field, values)
        case FieldKind.SF_BOOLEAN:
            meaning = sf.parse_boolean(values)
        case FieldKind.SF_DICTIONARY:
            meaning = sf.parse_dictionary(values)
        case FieldKind.URI_REFERENCE:
            meaning = context.resolve(exchange, values[0]) if values else None
        case _:
            meaning = b", ".join(values) if values else None
    return meaning


def _shown(exchange: Exchange, field: str) -> str:
    value = exchange.final.value(field) if exchange.final is not None else None
    return "(absent)" if value is None else shown(value)


def _decode_entropy(node: Node) -> Entropy:
    entries = read_mapping(node, "entropy", ("of", "bits"))
    if len(entries) != 2:
        raise ScenarioError("entropy needs of: and bits:", node.mark)
    return Entropy(
        scalar_text(entries["of"], "entropy of"),
        read_count(entries["bits"], "entropy bits", 1, 512),
    )


def _decode_same(node: Node) -> Same:
    entries = read_mapping(node, "same", ("as", "fields"))
    if len(entries) != 2:
        raise ScenarioError("same needs as: and fields:", node.mark)
    return Same(scalar_text(entries["as"], "same as"), read_words(entries["fields"], "same fields"))


UNIQUE = MatcherSpec(
    key="unique",
    summary="The field has another value in every exchange of the step (with times).",
    example="unique: Location",
    schema=TEXT,
    decode=lambda node: scalar_text(node, "unique"),
    encode=Scalar,
    match=_match_unique,
    absent_final=True,
)
ENTROPY = MatcherSpec(
    key="entropy",
    summary="An estimate of how hard the field's values are to guess (needs 20 samples).",
    example="entropy: {of: Location, bits: 64}",
    schema=mapping({"of": TEXT, "bits": {"type": "integer", "minimum": 1, "maximum": 512}}),
    decode=_decode_entropy,
    encode=lambda test: mapping_node([("of", Scalar(test.field)), ("bits", Scalar(test.bits))]),
    match=_match_entropy,
    absent_final=True,
)
SAME = MatcherSpec(
    key="same",
    summary="Fields of the final response mean the same as in another step's.",
    example="same: {as: first, fields: [Upload-Offset, Upload-Length]}",
    schema=mapping({"as": STEP, "fields": {"type": ["string", "array"]}}),
    decode=_decode_same,
    encode=lambda test: mapping_node(
        [("as", Scalar(test.step)), ("fields", words_node(test.fields))]
    ),
    match=_match_same,
)
