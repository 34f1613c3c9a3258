"""Plain words for what happened in an exchange, shared by matchers, judge and rendering."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus

from conformance.model.transcript import CutHow, End, Exchange, Message
from conformance.syntax.h2names import code_name

_CUTS = {
    CutHow.CLOSE: "we closed the connection",
    CutHow.RESET: "we reset it",
    CutHow.HALF_CLOSE: "we closed our sending side",
    CutHow.TLS_TRUNCATE: "we ended the connection without a TLS close alert",
}


#: where Python's names are older ones (RFC 9110 section 15), or missing
_NAMES = {
    104: "Upload Resumption Supported",
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}


@lru_cache(maxsize=1024)
def phrase(status: int) -> str:
    """Return a status code with its registered reason phrase (ours, not the peer's)."""
    if status in _NAMES:
        return f"{status} {_NAMES[status]}"
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def seconds(value: float) -> str:
    """Return a span of time in words: ``3 ms``, ``2.5 s``."""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def shown(value: bytes, limit: int = 120) -> str:
    """Return a received value as printable text in quotation marks, shortened."""
    # Only what is shown is remembered, never a long value.
    return _shown(bytes(value[:limit]), more=len(value) > limit)


@lru_cache(maxsize=1024)
def _shown(value: bytes, *, more: bool) -> str:
    text = "".join(chr(octet) if 32 <= octet < 127 else f"\\x{octet:02x}" for octet in value)
    return f'"{text}{"..." if more else ""}"'


def octets(count: int) -> str:
    """Return a number of octets in words."""
    return "1 octet" if count == 1 else f"{count} octets"


def ending(exchange: Exchange) -> str:
    """Say how an exchange ended that has no complete final response."""
    after = _after(exchange)
    request = exchange.request
    match exchange.end:
        case End.CUT:
            how = _CUTS[request.cut.how] if request.cut is not None else "we interrupted it"
            return f"{how} after {octets(request.handed)} of content"
        case End.CLOSED:
            return f"the target closed the connection{after}"
        case End.RESET:
            if exchange.reset_code is not None:
                return f"the target reset the stream with {code_name(exchange.reset_code)}{after}"
            return f"the connection was reset{after}"
        case End.DEADLINE:
            return exchange.detail or f"nothing came in time{after}"
        case End.REFUSED:
            return exchange.detail or "no connection could be made"
        case End.MALFORMED:
            return f"what came is not HTTP: {exchange.detail}".removesuffix(": ")
        case End.BOUND:
            return exchange.detail or "the target sent more than is accepted"
        case End.OPEN:
            return "the exchange was still open"
        case _:
            return "the response ended"


def _after(exchange: Exchange) -> str:
    start = exchange.request.head_at
    if start is None or exchange.ended is None:
        return ""
    return f" after {seconds(max(0.0, exchange.ended.at - start.at))}"


def no_final(exchange: Exchange) -> str:
    """Say that there was no final response, and why."""
    return f"no final response: {ending(exchange)}"


def answer(exchange: Exchange) -> str:
    """Say how an exchange was answered: its status, or how it ended without one."""
    if exchange.final is None:
        return no_final(exchange)
    told = phrase(exchange.final.status)
    if exchange.end is End.FINAL:
        return told
    return f"{told}, not received to its end: {ending(exchange)}"


def name_of(message: Message) -> str:
    """Name a message in words: ``104 Upload Resumption Supported`` or ``the request``."""
    return phrase(message.status) if message.status else "the request"
