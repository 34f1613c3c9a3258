"""Standing rules about HTTP/2: responses are well formed, streams are ended properly (RFC 9113)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.model.transcript import End, Framing
from conformance.profiles.rufh.findings import Finding
from conformance.syntax.h2names import code_name
from conformance.syntax.wording import phrase, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.model.transcript import Exchange, Lint, Message, Transcript

Rule: TypeAlias = "Callable[[Transcript], Iterator[Finding]]"

VERSION: Final = "HTTP/2"

_WELL_FORMED: Final = "H2-RESPONSE-WELL-FORMED"
_OPEN: Final = "H2-INTERIM-OPEN"
_NO_ERROR: Final = 0

#: rule of the lint -> requirement it violates; what RFC 9113 does not call malformed is not here
REQUIREMENTS: Final = {
    "missing-status": _WELL_FORMED,
    "duplicate-status": _WELL_FORMED,
    "status-code-digits": _WELL_FORMED,
    "unknown-pseudo-field": _WELL_FORMED,
    "pseudo-field-after-field": _WELL_FORMED,
    "pseudo-field-in-trailers": _WELL_FORMED,
    "trailers-without-end-stream": _WELL_FORMED,
    "uppercase-field-name": _WELL_FORMED,
    "invalid-field-name": _WELL_FORMED,
    "invalid-field-value": _WELL_FORMED,
    "whitespace-around-field-value": _WELL_FORMED,
    "connection-specific-field": _WELL_FORMED,
    "content-length-mismatch": _WELL_FORMED,
    "invalid-content-length": _WELL_FORMED,
    "differing-content-length": "HTTP-NO-DUPLICATE-LINES",
    "duplicate-content-length": "HTTP-NO-DUPLICATE-LINES",
    "content-after-head": "HTTP-HEAD-NO-CONTENT",
    "content-after-204": "HTTP-1XX-NO-CONTENT",
    "interim-ends-stream": _OPEN,
}


def _over_h2(transcript: Transcript) -> Iterator[Exchange]:
    return (each for each in transcript.exchanges if each.request.version == VERSION)


def well_formed(transcript: Transcript) -> Iterator[Finding]:
    """Interim and final responses are not malformed; the first of each kind that is not is told."""
    clean: set[bool] = set()
    for exchange in _over_h2(transcript):
        if exchange.end is End.MALFORMED:
            yield Finding(
                requirement=_WELL_FORMED,
                holds=False,
                expected="a response that can be read",
                observed=exchange.detail or "frames that are no response",
                exchanges=(exchange.id,),
            )
        final = (exchange.final,) if exchange.final is not None else ()
        for message in (*exchange.interims, *final):
            interim = message is not exchange.final
            if message.lints or interim not in clean:
                if not message.lints:
                    clean.add(interim)
                yield from _message(exchange, message, interim=interim)


def _message(exchange: Exchange, message: Message, *, interim: bool) -> Iterator[Finding]:
    broken: dict[str, Lint] = {}
    for lint in message.lints:
        requirement = REQUIREMENTS.get(lint.rule)
        if requirement is not None:
            broken.setdefault(requirement, lint)
    always = (_WELL_FORMED, *((_OPEN,) if interim else ()))
    for requirement in dict.fromkeys((*always, *broken)):
        lint_seen = broken.get(requirement)
        yield Finding(
            requirement=requirement,
            holds=lint_seen is None,
            expected="an interim response that leaves the stream open"
            if requirement == _OPEN
            else "a well-formed response",
            observed=f"{phrase(message.status)}: {_words(lint_seen)}",
            exchanges=(exchange.id,),
        )


def _words(lint: Lint | None) -> str:
    if lint is None:
        return "no deviation"
    return f"{lint.detail}: {shown(lint.octets, 60)}" if lint.octets else lint.detail


def early_response(transcript: Transcript) -> Iterator[Finding]:
    """A stream that is reset behind a whole early response is reset with NO_ERROR.

    Looked at only where the request itself gave no reason for another code.
    """
    for exchange in _over_h2(transcript):
        request, final = exchange.request, exchange.final
        if final is None or exchange.end is not End.FINAL or exchange.reset_code is None:
            continue
        odd = request.framing is Framing.RAW or request.cut is not None
        if odd or (request.ended_at is not None and request.ended_at <= final.at):
            continue
        yield Finding(
            requirement="H2-EARLY-RESPONSE-NO-ERROR",
            holds=exchange.reset_code == _NO_ERROR,
            expected="after an early response no reset, or one with NO_ERROR",
            observed=f"{phrase(final.status)}, then RST_STREAM {code_name(exchange.reset_code)}",
            exchanges=(exchange.id,),
        )


H2_RULES: Final[tuple[Rule, ...]] = (well_formed, early_response)
