"""``ends`` and ``waits-for``: how an exchange ended, answered or not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Node
from conformance.model.protocols import Look, Match, MatchContext, MatcherSpec
from conformance.model.transcript import CutHow, End, Exchange
from conformance.model.values import StatusSet
from conformance.syntax.nodes import (
    mapping_node,
    nearest,
    read_one,
    read_words,
    text_node,
    words_node,
)
from conformance.syntax.schemas import STEP, either, mapping
from conformance.syntax.values import scalar_text
from conformance.syntax.wording import answer

_STATUS = re.compile(r"[1-5](?:\d\d|xx)")
_NAMES = tuple(str(end) for end in End if end not in (End.FINAL, End.OPEN))
_WORD = {
    "anyOf": [
        {"enum": list(_NAMES)},
        {"type": "integer", "minimum": 100, "maximum": 599},
        {"type": "string", "pattern": r"^(?:[1-5](?:\d\d|xx)|\$.*)$"},
    ]
}
_WORDS = either(_WORD, {"type": "array", "items": _WORD, "minItems": 1})


@dataclass(frozen=True, slots=True)
class Ends:
    """Statuses and endings, one of which applies (or none, if negated)."""

    words: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """The exchange got no answer while a step was open."""

    step: str


def _decode(node: Node) -> Ends:
    negated = isinstance(node, Mapping)
    if negated:
        _, node = read_one(node, "ends", ("not",))
    words = read_words(node, "ends")
    for word in words:
        if word not in _NAMES and _STATUS.fullmatch(word) is None:
            raise ScenarioError(f"ends cannot be {word[:30]!r}", node.mark, nearest(word, _NAMES))
    return Ends(words, negated)


def _encode(test: Ends) -> Node:
    written = words_node(test.words)
    return mapping_node([("not", written)]) if test.negated else written


def _applies(exchange: Exchange, word: str) -> bool:
    if word in _NAMES:
        return exchange.end == word
    return exchange.final is not None and exchange.final.status in StatusSet((word,))


def _match(test: Ends, look: Look, _: MatchContext) -> Match:
    words = " or ".join(test.words)
    expected = f"an end other than {words}" if test.negated else f"it ends with {words}"
    exchange = look.exchange
    if exchange is None:
        return Match(holds=None, expected=expected, observed="no exchange")
    found = any(_applies(exchange, word) for word in test.words)
    holds: bool | None = found is not test.negated
    left_open = test.negated and exchange.end is End.OPEN  # so far it has not ended so
    if not found and exchange.final is None and _undecided(exchange) and not left_open:
        holds = None
    return Match(holds=holds, expected=expected, observed=answer(exchange))


def _undecided(exchange: Exchange) -> bool:
    """Tell whether an answer might still have come; after a half-close we went on listening."""
    cut = exchange.request.cut
    if exchange.end is End.CUT:
        return cut is None or cut.how is not CutHow.HALF_CLOSE
    return exchange.end in (End.OPEN, End.REFUSED)


def _to_its_end(exchange: Exchange, context: MatchContext) -> Exchange:
    """Return all that became of an exchange, also after the step that began it."""
    later = context.exchanges_on(exchange.connection)
    return next((each for each in later if each.id == exchange.id), exchange)


def _match_waits(test: WaitsFor, look: Look, context: MatchContext) -> Match:
    expected = f"no answer while step {test.step} is open"
    exchange, other = look.exchange, context.exchange(test.step)
    if exchange is None or other is None:
        return Match(holds=None, expected=expected, observed=f"step {test.step} was not made")
    silent = exchange.final is None and exchange.end is End.DEADLINE
    other = _to_its_end(other, context)
    still_open = other.ended is None or (
        exchange.ended is not None and other.ended > exchange.ended
    )
    state = "was still open" if still_open else "had ended"
    observed = f"{answer(exchange)}; step {test.step} {state}"
    return Match(holds=silent and still_open, expected=expected, observed=observed)


ENDS = MatcherSpec(
    key="ends",
    summary="How the exchange ended: a status, or closed, reset, deadline, ... without an answer.",
    example="ends: {not: 2xx}",
    schema=either(_WORDS, mapping({"not": _WORDS})),
    decode=_decode,
    encode=_encode,
    match=_match,
    absent_final=True,
)
WAITS_FOR = MatcherSpec(
    key="waits-for",
    summary="The exchange got no answer as long as another step was open (a lock).",
    example="waits-for: stuck",
    schema=STEP,
    decode=lambda node: WaitsFor(scalar_text(node, "waits-for")),
    encode=lambda test: text_node(test.step),
    match=_match_waits,
    absent_final=True,
)
