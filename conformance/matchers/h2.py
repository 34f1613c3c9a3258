"""``reset``: how HTTP/2 streams and connections are ended (RFC 9113 section 5.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping
from conformance.model.protocols import Look, Match, MatchContext, MatcherSpec
from conformance.syntax.h2names import ERROR_CODES, code_name
from conformance.syntax.nodes import (
    mapping_node,
    nearest,
    read_one,
    read_words,
    words_node,
)
from conformance.syntax.schemas import choice, either, mapping
from conformance.syntax.wording import answer

if TYPE_CHECKING:
    from conformance.model.node import Node
    from conformance.model.transcript import Connection, Exchange

_VERSION: Final = "HTTP/2"
_NONE: Final = "none"
_ANY: Final = "any"
_CODES: Final = (*ERROR_CODES, _NONE, _ANY)
_WORD: Final = choice(*_CODES)
_WORDS: Final = either(_WORD, {"type": "array", "items": _WORD, "minItems": 1})


@dataclass(frozen=True, slots=True)
class Reset:
    """Error codes one of which ended the stream or its connection (or none did, if negated)."""

    words: tuple[str, ...]
    negated: bool = False


def _decode(node: Node) -> Reset:
    negated = isinstance(node, Mapping)
    if negated:
        _, node = read_one(node, "reset", ("not",))
    words = read_words(node, "reset")
    for word in words:
        if word not in _CODES:
            raise ScenarioError(f"reset cannot be {word[:30]!r}", node.mark, nearest(word, _CODES))
    return Reset(words, negated)


def _encode(test: Reset) -> Node:
    written = words_node(test.words)
    return mapping_node([("not", written)]) if test.negated else written


def _codes(exchange: Exchange, connection: Connection) -> tuple[tuple[str, int], ...]:
    """Return the frames that ended stream or connection with their codes."""
    found = []
    if exchange.reset_code is not None:
        found.append(("RST_STREAM", exchange.reset_code))
    if connection.goaway:  # without an error it ends no stream
        found.append(("GOAWAY", connection.goaway))
    return tuple(found)


def _match(test: Reset, look: Look, context: MatchContext) -> Match:
    words = " or ".join(test.words)
    expected = f"a reset other than {words}" if test.negated else f"reset: {words}"
    exchange = look.exchange
    if exchange is None or exchange.request.version != _VERSION:
        return Match(holds=None, expected=expected, observed="no exchange over HTTP/2")
    frames = _codes(exchange, context.connection(exchange.connection))
    names = {code_name(code) for _, code in frames}
    if not frames:
        found = _NONE in test.words
    else:
        found = _ANY in test.words or not names.isdisjoint(test.words)
    told = ", ".join(f"{frame} {code_name(code)}" for frame, code in frames) or "no reset"
    observed = f"{answer(exchange)}; {told}"
    return Match(holds=found is not test.negated, expected=expected, observed=observed)


RESET = MatcherSpec(
    key="reset",
    summary=(
        "HTTP/2: error code by which the target ended the stream (RST_STREAM) or the connection "
        "(GOAWAY); none or any."
    ),
    example="reset: [PROTOCOL_ERROR, none]",
    schema=either(_WORDS, mapping({"not": _WORDS})),
    decode=_decode,
    encode=_encode,
    match=_match,
    absent_final=True,
)
