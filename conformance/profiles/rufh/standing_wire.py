"""Standing rules about the raw octets of responses (RFC 9112)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.model.transcript import End
from conformance.profiles.rufh.findings import Finding
from conformance.syntax.wording import answer, octets, phrase, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.model.transcript import Exchange, Lint, Message, Transcript

Rule: TypeAlias = "Callable[[Transcript], Iterator[Finding]]"

_STATUS_LINE: Final = "H1-RESPONSE-STATUS-LINE"
_FIELDS: Final = "H1-RESPONSE-FIELD-SYNTAX"

#: rule of the lint -> requirement it violates
REQUIREMENTS: Final = {
    "bare-lf": "H1-RESPONSE-NO-BARE-CR-LF",
    "bare-cr": "H1-RESPONSE-NO-BARE-CR-LF",
    "obs-fold": "H1-RESPONSE-NO-OBS-FOLD",
    "bad-status-line": _STATUS_LINE,
    "status-code-digits": _STATUS_LINE,
    "status-code-range": _STATUS_LINE,
    "status-line-missing-space": _STATUS_LINE,
    "invalid-reason-phrase": _STATUS_LINE,
    "http-version": _STATUS_LINE,
    "whitespace-before-first-field": _FIELDS,
    "missing-colon": _FIELDS,
    "whitespace-before-colon": _FIELDS,
    "invalid-field-name": _FIELDS,
    "invalid-field-value": _FIELDS,
    "invalid-content-length": _FIELDS,
    "differing-content-length": "HTTP-NO-DUPLICATE-LINES",
    "duplicate-content-length": "HTTP-NO-DUPLICATE-LINES",
    "transfer-encoding-with-content-length": "H1-RESPONSE-FRAMING",
}
_EVERY: Final = (
    _STATUS_LINE,
    _FIELDS,
    "H1-RESPONSE-NO-BARE-CR-LF",
    "H1-RESPONSE-NO-OBS-FOLD",
    "H1-RESPONSE-FRAMING",
)


def syntax(transcript: Transcript) -> Iterator[Finding]:
    """Heads of responses follow the grammar; of those without any deviation the first is told."""
    clean = False
    for exchange in transcript.exchanges:
        final = (exchange.final,) if exchange.final is not None else ()
        for message in (*exchange.interims, *final):
            if message.version.startswith("HTTP/1") and (message.lints or not clean):
                clean = clean or not message.lints
                yield from _heads(exchange, message)


def _heads(exchange: Exchange, message: Message) -> Iterator[Finding]:
    broken: dict[str, Lint] = {}
    for lint in message.lints:
        requirement = REQUIREMENTS.get(lint.rule)
        if requirement is not None:
            broken.setdefault(requirement, lint)
    for requirement in dict.fromkeys((*_EVERY, *broken)):
        lint_seen = broken.get(requirement)
        yield Finding(
            requirement=requirement,
            holds=lint_seen is None,
            expected="a response head that follows the message syntax",
            observed=f"{phrase(message.status)}: {_words(lint_seen)}",
            exchanges=(exchange.id,),
        )


def _words(lint: Lint | None) -> str:
    if lint is None:
        return "no deviation"
    return f"{lint.detail}: {shown(lint.octets, 60)}" if lint.octets else lint.detail


def unreadable(transcript: Transcript) -> Iterator[Finding]:
    """What comes is HTTP."""
    for exchange in transcript.exchanges:
        if exchange.end is not End.MALFORMED or exchange.request.version == "HTTP/2":
            continue
        requirement = _FIELDS if exchange.stray.startswith(b"HTTP/") else _STATUS_LINE
        if exchange.final is not None:
            requirement = "H1-RESPONSE-COMPLETE"
        yield Finding(
            requirement=requirement,
            holds=False,
            expected="a response that can be read",
            observed=exchange.detail or "octets that are no response",
            exchanges=(exchange.id,),
        )


def complete(transcript: Transcript) -> Iterator[Finding]:
    """Final responses are whole, and nothing follows them."""
    for exchange in transcript.exchanges:
        final = exchange.final
        if final is None or exchange.request.cut is not None or final.version == "HTTP/2":
            continue
        if exchange.end is End.CLOSED:
            yield _incomplete(exchange)
        elif exchange.end is End.FINAL:
            yield _nothing_follows(exchange, final, _leftover(exchange, transcript))


def _incomplete(exchange: Exchange) -> Finding:
    return Finding(
        requirement="H1-RESPONSE-COMPLETE",
        holds=False,
        expected="a final response received to its end",
        observed=answer(exchange),
        exchanges=(exchange.id,),
    )


def _leftover(exchange: Exchange, transcript: Transcript) -> bytes:
    """Return octets after a response; a response nobody asked for (a 408) is none of them."""
    last = max(each.id for each in transcript.exchanges if each.connection == exchange.connection)
    after = b""
    if last == exchange.id and exchange.connection < len(transcript.connections):
        after = transcript.connection(exchange.connection).after_end
    found = exchange.stray or after
    return b"" if found.startswith(b"HTTP/") else found


def _nothing_follows(exchange: Exchange, final: Message, found: bytes) -> Finding:
    requirement, kind = "H1-RESPONSE-COMPLETE", "a final response"
    if exchange.request.method == "HEAD":
        requirement, kind = "HTTP-HEAD-NO-CONTENT", "a response to HEAD"
    elif final.status == 204:
        requirement, kind = "HTTP-1XX-NO-CONTENT", "204"
    return Finding(
        requirement=requirement,
        holds=not found,
        expected=f"nothing after the head of {kind}"
        if kind != "a final response"
        else "nothing after the end of a final response",
        observed=f"{octets(len(found))}: {shown(found, 60)}" if found else "nothing",
        exchanges=(exchange.id,),
    )


WIRE_RULES: Final[tuple[Rule, ...]] = (syntax, unreadable, complete)
