"""Standing rules about interim responses, 104 above all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.profiles.rufh.drafts import DRAFTS, VERSION_FIELD, Draft
from conformance.profiles.rufh.findings import Finding
from conformance.profiles.rufh.observe import completeness, request_completeness
from conformance.syntax import sf, uri
from conformance.syntax.wording import phrase, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.model.transcript import Exchange, Message
    from conformance.profiles.rufh.observations import Observations

Rule: TypeAlias = "Callable[[Exchange, Observations, Draft], Iterator[Finding]]"

#: numbers a target may really implement, so that its 104 proves nothing wrong
_PLAUSIBLE: Final = range(1, max(DRAFTS) + 11)


def announcements(exchange: Exchange) -> tuple[Message, ...]:
    """Return the 104 responses of an exchange."""
    return tuple(each for each in exchange.interims if each.status == 104)


def version_told(exchange: Exchange, _: Observations, __: Draft) -> Iterator[Finding]:
    """Every 104 carries the version of the request."""
    asked = sf.parse_integer(exchange.request.values(VERSION_FIELD))
    if not isinstance(asked, int) or asked not in _PLAUSIBLE:
        return
    for message in announcements(exchange):
        values = message.values(VERSION_FIELD)
        told = f"{VERSION_FIELD} {shown(b', '.join(values))}" if values else "no such field"
        yield Finding(
            requirement="RUFH-VERSION-104-HEADER",
            holds=sf.parse_integer(values) == asked,
            expected=f"every 104 with {VERSION_FIELD} {asked}",
            observed=f"104 with {told}" if values else f"104 without {VERSION_FIELD}",
            exchanges=(exchange.id,),
        )


def version_known(exchange: Exchange, _: Observations, __: Draft) -> Iterator[Finding]:
    """No 104 answers a request whose version is missing or cannot be one the target speaks."""
    values = exchange.request.values(VERSION_FIELD)
    asked = sf.parse_integer(values)
    several = len(values) > 1 or any(b"," in value for value in values)
    if several or (isinstance(asked, int) and asked in _PLAUSIBLE) or not exchange.request.method:
        return
    seen = announcements(exchange)
    if exchange.final is None and not seen:
        return
    sent = f"version {shown(values[0])}" if values else "no version"
    yield Finding(
        requirement="RUFH-VERSION-NO-104-MISMATCH",
        holds=not seen,
        expected=f"no 104 to a request with {sent}",
        observed="a 104" if seen else "no 104",
        exchanges=(exchange.id,),
    )


def purpose(exchange: Exchange, _: Observations, __: Draft) -> Iterator[Finding]:
    """A 104 announces or tells progress."""
    for message in announcements(exchange):
        useful = [
            name for name in ("Location", "Upload-Limit", "Upload-Offset") if message.values(name)
        ]
        yield Finding(
            requirement="RUFH-104-PURPOSES",
            holds=bool(useful),
            expected="a 104 with Location, Upload-Limit or Upload-Offset",
            observed=f"a 104 with {', '.join(useful)}" if useful else "a 104 with none of them",
            exchanges=(exchange.id,),
        )


def locations(exchange: Exchange, seen: Observations, draft: Draft) -> Iterator[Finding]:
    """Location: not in 104s of appends, once or identically in those of creations."""
    told = announcements(exchange)
    if exchange.id in seen.creations:
        yield from _later(exchange, told)
        yield from _identical(exchange, told, draft)
        return
    if exchange.id not in seen.uploads:
        return
    for message in told:
        value = message.value("Location")
        yield Finding(
            requirement="RUFH-APPEND-104-NO-LOCATION",
            holds=value is None,
            expected="no Location in a 104 to an append",
            observed="no Location" if value is None else f"Location {shown(value)}",
            exchanges=(exchange.id,),
        )


def _later(exchange: Exchange, told: tuple[Message, ...]) -> Iterator[Finding]:
    for message in told[1:]:
        value = message.value("Location")
        yield Finding(
            requirement="RUFH-H-104-SINGLE-LOCATION",
            holds=value is None,
            expected="Location in the first 104 only",
            observed="no Location" if value is None else f"a later 104 with {shown(value)}",
            exchanges=(exchange.id,),
        )


def _identical(exchange: Exchange, told: tuple[Message, ...], draft: Draft) -> Iterator[Finding]:
    messages = [*told, *([exchange.final] if _bound_by_location(exchange, draft) else [])]
    values = [value for each in messages if each is not None for value in each.values("Location")]
    if len(values) < 2:
        return
    resolved = {uri.resolve(exchange.request.url, value) for value in values}
    spelled = " and ".join(shown(value) for value in dict.fromkeys(values))
    yield Finding(
        requirement="RUFH-CREATE-LOCATION-IDENTICAL",
        holds=len(resolved) == 1,
        expected="the same Location in every response to the creation",
        observed=spelled,
        exchanges=(exchange.id,),
    )
    if len(resolved) == 1:
        yield Finding(
            requirement="RUFH-CREATE-LOCATION-SPELLING",
            holds=len(set(values)) == 1,
            expected="the same spelling of Location in every response to the creation",
            observed=spelled,
            exchanges=(exchange.id,),
        )


def _bound_by_location(exchange: Exchange, draft: Draft) -> bool:
    """Tell whether a final response's Location must name the upload resource."""
    final = exchange.final
    if final is None or not 200 <= final.status < 300:
        return False
    told = completeness(final, draft)
    return told is False or (told is not True and request_completeness(exchange, draft) is False)


def http_1_0(exchange: Exchange, _: Observations, __: Draft) -> Iterator[Finding]:
    """No interim response answers an HTTP/1.0 request."""
    if exchange.request.version != "HTTP/1.0" or exchange.final is None:
        return
    seen = exchange.interims
    yield Finding(
        requirement="HTTP-1XX-NO-HTTP10",
        holds=not seen,
        expected="no interim response to an HTTP/1.0 request",
        observed=phrase(seen[0].status) if seen else "none",
        exchanges=(exchange.id,),
    )


def bare(exchange: Exchange, _: Observations, __: Draft) -> Iterator[Finding]:
    """Interim responses and 204 have neither Content-Length nor (HTTP/1.1) Transfer-Encoding."""
    final = exchange.final
    empty = (final,) if final is not None and final.status == 204 else ()
    rules = (
        ("HTTP-1XX-NO-CONTENT", "Content-Length"),
        ("H1-NO-TE-1XX-204", "Transfer-Encoding"),
    )
    for message in (*exchange.interims, *empty):
        for requirement, field in rules if message.version != "HTTP/2" else rules[:1]:
            value = message.value(field)
            told = "none" if value is None else f"{field} {shown(value)}"
            yield Finding(
                requirement=requirement,
                holds=value is None,
                expected=f"no {field} in 1xx and 204 responses",
                observed=f"{phrase(message.status)}: {told}",
                exchanges=(exchange.id,),
            )


INTERIM_RULES: Final[tuple[Rule, ...]] = (
    version_told,
    version_known,
    purpose,
    locations,
    http_1_0,
    bare,
)
