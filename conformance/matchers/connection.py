"""``connection``: what became of the connection after the answer (RFC 9112 section 9)."""

from __future__ import annotations

from conformance.model.node import Scalar
from conformance.model.protocols import Look, Match, MatchContext, MatcherSpec
from conformance.model.transcript import Connection, End, Exchange, Message
from conformance.syntax.fieldtypes import split_list
from conformance.syntax.nodes import read_choice
from conformance.syntax.schemas import choice
from conformance.syntax.wording import answer, no_final, octets

_WORDS = {
    "reusable": "a complete answer after which the connection can be used again",
    "closed": "the target closes the connection",
    "clean": "nothing after the answer that belongs to no response",
    "told": "the target says Connection: close, or the connection goes on working",
}


def _tells_close(final: Message) -> bool:
    options = split_list(final.value("Connection") or b"")
    if final.version == "HTTP/1.0":
        return "keep-alive" not in options
    return "close" in options


def _answered_later(exchange: Exchange, context: MatchContext) -> bool:
    return any(
        other.id > exchange.id and other.final is not None
        for other in context.exchanges_on(exchange.connection)
    )


def _reusable(exchange: Exchange, final: Message, context: MatchContext) -> tuple[bool | None, str]:
    connection = context.connection(exchange.connection)
    stray = exchange.stray or connection.after_end
    if exchange.end is not End.FINAL:
        return False, answer(exchange)
    if stray:
        return False, f"{octets(len(stray))} after the answer that belong to no response"
    if _tells_close(final):
        return False, "the answer says that the connection will be closed"
    if _answered_later(exchange, context):
        return True, "a later request on the connection was answered"
    if connection.closed_by == "peer":
        return False, f"the target {_closing(connection)} without saying so before"
    return True, "the connection was still usable"


def _closed(exchange: Exchange, final: Message, context: MatchContext) -> tuple[bool | None, str]:
    connection = context.connection(exchange.connection)
    if _answered_later(exchange, context):
        return False, "a later request on the connection was answered"
    if connection.closed_by == "peer":
        return True, f"the target {_closing(connection)}"
    if _tells_close(final):
        return True, "the answer says that the connection will be closed"
    return None, "the connection was open when we stopped looking"


def _told(exchange: Exchange, final: Message, context: MatchContext) -> tuple[bool | None, str]:
    connection = context.connection(exchange.connection)
    if _tells_close(final):
        return True, "the answer says that the connection will be closed"
    if _answered_later(exchange, context):
        return True, "a later request on the connection was answered"
    if connection.closed_by == "peer":
        return False, f"the target {_closing(connection)} without saying so before"
    return None, "no later request shows whether the connection still works"


def _closing(connection: Connection) -> str:
    return "reset the connection" if connection.reset else "closed the connection"


def _clean(exchange: Exchange, final: Message, context: MatchContext) -> tuple[bool | None, str]:
    del final
    stray = exchange.stray or context.connection(exchange.connection).after_end
    if stray:
        return False, f"{octets(len(stray))} after the answer that belong to no response"
    return True, "nothing more"


_JUDGES = {"reusable": _reusable, "closed": _closed, "clean": _clean, "told": _told}


def _match(word: str, look: Look, context: MatchContext) -> Match:
    exchange = look.exchange
    if exchange is None or exchange.final is None:
        told = no_final(exchange) if exchange is not None else "no exchange"
        return Match(holds=None, expected=_WORDS[word], observed=told)
    holds, observed = _JUDGES[word](exchange, exchange.final, context)
    return Match(holds=holds, expected=_WORDS[word], observed=observed)


CONNECTION = MatcherSpec(
    key="connection",
    summary="What became of the connection: reusable, closed, clean, or its end was told.",
    example="connection: reusable",
    schema=choice(*_WORDS),
    decode=lambda node: read_choice(node, "connection", _WORDS),
    encode=Scalar,
    match=_match,
)
