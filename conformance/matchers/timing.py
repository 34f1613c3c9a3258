"""``in-time``: how soon after the request's header section a response arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.model.protocols import Look, Match, MatchContext, MatcherSpec
from conformance.syntax.nodes import text_node
from conformance.syntax.schemas import DURATION
from conformance.syntax.values import read_duration
from conformance.syntax.wording import name_of, no_final, seconds

if TYPE_CHECKING:
    from conformance.model.values import Duration


def _match(test: Duration, look: Look, context: MatchContext) -> Match:
    allowed = context.seconds(test)
    expected = f"an answer within {seconds(allowed)} after the header section"
    exchange = look.exchange
    start = exchange.request.head_at if exchange is not None else None
    if exchange is None or start is None:
        return Match(holds=None, expected=expected, observed="no header section was sent")
    message = look.message or exchange.final
    if message is None:
        return Match(holds=None, expected=expected, observed=no_final(exchange))
    took = max(0.0, message.at.at - start.at)
    return Match(
        holds=took <= allowed,
        expected=expected,
        observed=f"{name_of(message)} after {seconds(took)}",
    )


IN_TIME = MatcherSpec(
    key="in-time",
    summary="The response arrived within a time (scaled by measured latency) after the header.",
    example="in-time: 5 s",
    schema=DURATION,
    decode=lambda node: read_duration(node, "in-time"),
    encode=text_node,
    match=_match,
)
