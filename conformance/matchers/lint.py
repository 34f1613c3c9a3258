"""``lint``: deviations of the received octets from the message syntax (RFC 9112)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.model.node import Node, Scalar, Sequence
from conformance.model.protocols import Look, Match, MatchContext, MatcherSpec
from conformance.syntax.nodes import read_words
from conformance.syntax.schemas import choice, either
from conformance.syntax.values import scalar_text
from conformance.syntax.wording import name_of, shown

if TYPE_CHECKING:
    from conformance.model.transcript import Lint, Message


@dataclass(frozen=True, slots=True)
class NoLint:
    """No deviation but those of the rules to ignore."""

    ignored: tuple[str, ...]


def _decode(node: Node) -> NoLint:
    if isinstance(node, Sequence):
        return NoLint(read_words(node, "lint"))
    text = scalar_text(node, "lint").strip()
    return NoLint(() if text == "none" else (text,))


def _encode(test: NoLint) -> Node:
    if not test.ignored:
        return Scalar("none")
    return Sequence(tuple(Scalar(rule) for rule in test.ignored))


def _messages(look: Look) -> tuple[Message, ...]:
    if look.message is not None:
        return (look.message,)
    if look.exchange is None:
        return ()
    final = look.exchange.final
    return (*look.exchange.interims, *((final,) if final is not None else ()))


def _match(test: NoLint, look: Look, _: MatchContext) -> Match:
    expected = "octets that follow the message syntax"
    messages = _messages(look)
    stray = look.exchange.stray if look.exchange is not None and look.message is None else b""
    if not messages and not stray:
        return Match(holds=None, expected=expected, observed="no response")
    found = [
        f"{name_of(message)}: {_words(lint)}"
        for message in messages
        for lint in message.lints
        if lint.rule not in test.ignored
    ]
    if stray and "stray" not in test.ignored:
        found.append(f"octets that belong to no response: {shown(stray, 60)}")
    more = f" (and {len(found) - 4} more)" if len(found) > 4 else ""
    observed = "; ".join(found[:4]) + more if found else "no deviation"
    return Match(holds=not found, expected=expected, observed=observed)


def _words(lint: Lint) -> str:
    octets = f": {shown(lint.octets, 60)}" if lint.octets else ""
    return f"{lint.detail}{octets} ({lint.source})"


LINT = MatcherSpec(
    key="lint",
    summary="The received octets follow the message syntax, but for rules to ignore.",
    example="lint: none",
    schema=either(
        choice("none"), {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    ),
    decode=_decode,
    encode=_encode,
    match=_match,
    absent_final=True,
)
