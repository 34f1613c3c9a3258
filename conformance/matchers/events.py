"""``none``, ``some``, ``count`` and ``early``: which responses arrived, how many, and when.

An event is ``interim`` (any), ``interim 104`` (or another 1xx code) or ``final``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.model.errors import ScenarioError
from conformance.model.protocols import Look, Match, MatchContext, MatcherSpec
from conformance.model.transcript import End, Exchange, Message
from conformance.syntax.nodes import (
    mapping_node,
    read_count,
    read_mapping,
    read_words,
    text_node,
    words_node,
)
from conformance.syntax.schemas import EVENT, either, mapping
from conformance.syntax.values import scalar_text
from conformance.syntax.wording import answer, ending, phrase, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.model.node import Node

_EVENT = re.compile(r"interim(?: 1\d\d)?|final")
_WHOLE = {"type": "integer", "minimum": 0, "maximum": 1_000_000}


@dataclass(frozen=True, slots=True)
class Event:
    """One event by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Count:
    """How often an event may occur; a missing bound is None."""

    event: str
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Early:
    """Events of which one arrives before any content was handed over."""

    events: tuple[str, ...]


def _name(node: Node) -> str:
    text = scalar_text(node, "an event").strip()
    if _EVENT.fullmatch(text) is None:
        raise ScenarioError(
            f"no event {text[:40]!r}", node.mark, "write interim, interim 104, interim 100 or final"
        )
    return text


def _seen(exchange: Exchange, event: str) -> list[Message]:
    if event == "final":
        return [exchange.final] if exchange.final is not None else []
    _, _, code = event.partition(" ")
    return [each for each in exchange.interims if not code or each.status == int(code)]


def _number(exchange: Exchange, event: str) -> int:
    return exchange.interims_seen if event == "interim" else len(_seen(exchange, event))


def _told(exchange: Exchange) -> str:
    """List what came, in order, with equal neighbours counted."""
    runs: list[tuple[str, int]] = []
    for message in exchange.interims:
        name = phrase(message.status)
        if runs and runs[-1][0] == name:
            runs[-1] = (name, runs[-1][1] + 1)
        else:
            runs.append((name, 1))
    words = [name if count == 1 else f"{count} times {name}" for name, count in runs[:8]]
    words += ["..."] if len(runs) > 8 else []
    return ", then ".join([*words, answer(exchange)])


def _over(exchange: Exchange) -> bool:
    """Tell whether nothing more could come, so that absence means something."""
    return exchange.final is not None or exchange.end not in (End.CUT, End.OPEN, End.REFUSED)


def _match_none(test: Event, look: Look, _: MatchContext) -> Match:
    expected = f"no {test.name} response"
    if look.exchange is None:
        return Match(holds=None, expected=expected, observed="no exchange")
    observed = _told(look.exchange)
    if _seen(look.exchange, test.name):
        return Match(holds=False, expected=expected, observed=observed)
    over = True if _over(look.exchange) else None
    return Match(holds=over, expected=expected, observed=observed)


def _match_some(test: Event, look: Look, _: MatchContext) -> Match:
    expected = f"an {test.name} response" if test.name != "final" else "a final response"
    if look.exchange is None:
        return Match(holds=None, expected=expected, observed="no exchange")
    observed = _told(look.exchange)
    if _seen(look.exchange, test.name):
        return Match(holds=True, expected=expected, observed=observed)
    over = False if _over(look.exchange) else None
    return Match(holds=over, expected=expected, observed=observed)


def _match_count(test: Count, look: Look, _: MatchContext) -> Match:
    low, high = test.low or 0, test.high
    bounds = f"at least {low}" if high is None else f"{low} to {high}"
    expected = f"{bounds} {test.event} responses"
    if look.exchange is None:
        return Match(holds=None, expected=expected, observed="no exchange")
    number = _number(look.exchange, test.event)
    holds: bool | None = True
    if high is not None and number > high:
        holds = False
    elif number < low or high is not None:
        holds = number >= low if _over(look.exchange) else None
    observed = f"{number}: {_told(look.exchange)}"
    return Match(holds=holds, expected=expected, observed=observed)


def _match_early(test: Early, look: Look, _: MatchContext) -> Match:
    expected = f"{' or '.join(test.events)} before any content is sent"
    exchange = look.exchange
    if exchange is None:
        return Match(holds=None, expected=expected, observed="no exchange")
    arrived = sorted(_all(exchange, test.events), key=lambda message: message.at)
    if arrived and arrived[0].sent_before == 0:
        return Match(holds=True, expected=expected, observed=_moment(exchange, arrived[0]))
    request = exchange.request
    if request.content_at is not None and request.head_at is not None:
        waited = seconds(request.content_at.at - request.head_at.at)
        observed = f"none within {waited}, after which content was sent; {_told(exchange)}"
        return Match(holds=False, expected=expected, observed=observed)
    known = False if _over(exchange) else None
    return Match(holds=known, expected=expected, observed=ending(exchange))


def _all(exchange: Exchange, events: Iterable[str]) -> list[Message]:
    return [message for event in events for message in _seen(exchange, event)]


def _moment(exchange: Exchange, message: Message) -> str:
    start = exchange.request.head_at
    waited = f" after {seconds(message.at.at - start.at)}" if start is not None else ""
    return f"{phrase(message.status)}{waited}, before any content"


def _decode_count(node: Node) -> Count:
    entries = read_mapping(node, "count", ("of", "min", "max"))
    if "of" not in entries or len(entries) < 2:
        raise ScenarioError("count needs of: and min: or max:", node.mark)
    low, high = (
        read_count(entries[key], key) if key in entries else None for key in ("min", "max")
    )
    if low is not None and high is not None and low > high:
        raise ScenarioError("count: min is larger than max", node.mark)
    return Count(_name(entries["of"]), low, high)


def _encode_count(test: Count) -> Node:
    pairs = [("of", text_node(test.event))]
    pairs += [("min", text_node(test.low))] if test.low is not None else []
    pairs += [("max", text_node(test.high))] if test.high is not None else []
    return mapping_node(pairs)


def _decode_early(node: Node) -> Early:
    names = read_words(node, "early")
    for name in names:
        if _EVENT.fullmatch(name) is None:
            raise ScenarioError(
                f"no event {name[:40]!r}", node.mark, "write interim 100, interim or final"
            )
    return Early(names)


NONE = MatcherSpec(
    key="none",
    summary="No such response arrived until the exchange was over.",
    example="none: interim 104",
    schema=EVENT,
    decode=lambda node: Event(_name(node)),
    encode=lambda test: text_node(test.name),
    match=_match_none,
    absent_final=True,
)
SOME = MatcherSpec(
    key="some",
    summary="At least one such response arrived.",
    example="some: interim 104",
    schema=EVENT,
    decode=lambda node: Event(_name(node)),
    encode=lambda test: text_node(test.name),
    match=_match_some,
    absent_final=True,
)
COUNT = MatcherSpec(
    key="count",
    summary="The number of such responses lies within bounds.",
    example="count: {of: interim 104, max: 100}",
    schema=mapping({"of": EVENT, "min": _WHOLE, "max": _WHOLE}),
    decode=_decode_count,
    encode=_encode_count,
    match=_match_count,
    absent_final=True,
)
EARLY = MatcherSpec(
    key="early",
    summary="One of these responses arrived before any content was handed over (needs a hold).",
    example="early: [interim 100, final]",
    schema=either(EVENT, {"type": "array", "items": EVENT, "minItems": 1}),
    decode=_decode_early,
    encode=lambda test: words_node(test.events),
    match=_match_early,
    absent_final=True,
)
