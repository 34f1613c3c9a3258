"""Standing rules about the life of one upload: offsets and limits over all its exchanges.

Two answers are compared only if the earlier one had arrived before the request of the later one
went out (or both belong to one exchange): what the target said while it was busy elsewhere proves
nothing about order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.profiles.rufh.findings import Finding
from conformance.profiles.rufh.observe import completeness, plainly_framed, position_known
from conformance.syntax import sf
from conformance.syntax.wording import phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.model.transcript import Exchange, Moment, Transcript
    from conformance.profiles.rufh.drafts import Draft
    from conformance.profiles.rufh.observations import Acknowledged, Observations, OffsetSeen

Rule: TypeAlias = "Callable[[str, Transcript, Observations, Draft], Iterator[Finding]]"

#: seconds by which two clocks and rounding may move an announced end of life
_TOLERANCE: Final = 2.0


def _known(earlier: Moment, exchange: int, later: OffsetSeen | _Limits) -> bool:
    """Tell whether the target had given the earlier answer before it made the later one."""
    if exchange == later.exchange:
        return earlier < later.moment
    return earlier < later.asked


def offsets(upload: str, _: Transcript, seen: Observations, __: Draft) -> Iterator[Finding]:
    """The offset never decreases."""
    told = seen.offsets(upload)
    for index, later in enumerate(told):
        earlier = [each for each in told[:index] if _known(each.moment, each.exchange, later)]
        if earlier:
            highest = max(earlier, key=lambda each: each.value)
            yield Finding(
                requirement="RUFH-OFFSET-NO-DECREASE",
                holds=later.value >= highest.value,
                expected=f"an offset of at least {highest.value}, told before",
                observed=f"Upload-Offset {later.value} in {phrase(later.status)}",
                exchanges=tuple(dict.fromkeys((highest.exchange, later.exchange))),
            )


def acknowledged(upload: str, _: Transcript, seen: Observations, __: Draft) -> Iterator[Finding]:
    """Octets that were acknowledged stay."""
    promised = seen.acknowledged(upload)
    for later in seen.offsets(upload):
        earlier = [each for each in promised if _promised(each, later)]
        if earlier:
            highest = max(earlier, key=lambda each: each.offset)
            how = "told" if highest.by == "offset" else "answered with success"
            yield Finding(
                requirement="SUITE-INTEGRITY-ACKNOWLEDGED-LOST",
                holds=later.value >= highest.offset,
                expected=f"at least {highest.offset} octets, {how} before",
                observed=f"Upload-Offset {later.value} in {phrase(later.status)}",
                exchanges=tuple(dict.fromkeys((highest.exchange, later.exchange))),
            )


def _promised(earlier: Acknowledged, later: OffsetSeen) -> bool:
    return earlier.moment != later.moment and _known(earlier.moment, earlier.exchange, later)


def beyond_sent(
    upload: str, transcript: Transcript, seen: Observations, _: Draft
) -> Iterator[Finding]:
    """No offset lies beyond what was sent."""
    if any(not each.request.method for each in transcript.exchanges):
        return  # literal octets: what they meant is not known here
    exchanges = seen.exchanges(upload, transcript)
    if not all(plainly_framed(each) for each in exchanges):
        return  # nor here: how much was content depends on the field that is believed
    for told in seen.offsets(upload):
        most = _sent_before(exchanges, told)
        yield Finding(
            requirement="SUITE-INTEGRITY-BEYOND-SENT",
            holds=told.value <= most,
            expected=f"an offset of at most {most}, the octets sent so far",
            observed=f"Upload-Offset {told.value} in {phrase(told.status)}",
            exchanges=(told.exchange,),
        )


def _sent_before(exchanges: list[Exchange], told: OffsetSeen) -> int:
    """Return an upper bound of the octets the target can have got when it told an offset."""
    extents, total, plain = [0], 0, True
    for exchange in exchanges:
        begun = exchange.request.head_at
        if begun is None or begun > told.moment or not exchange.request.handed:
            continue
        own = exchange.id == told.exchange
        handed = told.sent_before if own else exchange.request.handed
        extents.append(exchange.request.at_offset + handed)
        total += handed
        plain = plain and position_known(exchange)
    return max(extents) if plain else max(*extents, total)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    """Limits told by one response."""

    exchange: int
    asked: Moment
    moment: Moment
    status: int
    values: dict[str, int]


def _told_limits(
    upload: str, transcript: Transcript, seen: Observations, draft: Draft
) -> list[_Limits]:
    found = []
    for exchange in seen.exchanges(upload, transcript):
        asked = exchange.request.head_at
        if asked is None:
            continue
        final = (exchange.final,) if exchange.final is not None else ()
        for message in (*exchange.interims, *final):
            if completeness(message, draft) is True:
                continue  # a complete upload may have another life
            values = _integers(message.values("Upload-Limit"))
            if values:
                found.append(
                    _Limits(
                        exchange=exchange.id,
                        asked=asked,
                        moment=message.at,
                        status=message.status,
                        values=values,
                    )
                )
    return sorted(found, key=lambda each: each.moment)


def _integers(values: tuple[bytes, ...]) -> dict[str, int]:
    members = sf.parse_dictionary(values)
    if not isinstance(members, dict):
        return {}
    return {
        key: member.value
        for key, member in members.items()
        if isinstance(member, sf.Item)
        and isinstance(member.value, int)
        and not isinstance(member.value, bool)
    }


def limits(
    upload: str, transcript: Transcript, seen: Observations, draft: Draft
) -> Iterator[Finding]:
    """Limits do not tighten during an upload."""
    told = _told_limits(upload, transcript, seen, draft)
    for index, later in enumerate(told):
        for earlier in told[:index]:
            if _known(earlier.moment, earlier.exchange, later):
                yield from _compared(earlier, later, draft)


def _compared(earlier: _Limits, later: _Limits, draft: Draft) -> Iterator[Finding]:
    for key in earlier.values.keys() & later.values.keys():
        before, now = earlier.values[key], later.values[key]
        if key in ("max-size", "max-append-size"):
            yield _limit("RUFH-LIMIT-MAX-NO-DECREASE", now >= before, key, earlier, later)
            yield _limit("RUFH-LIMIT-STABLE", now >= before, key, earlier, later)
        elif key in ("min-size", "min-append-size"):
            yield _limit("RUFH-LIMIT-MIN-NO-INCREASE", now <= before, key, earlier, later)
            yield _limit("RUFH-LIMIT-STABLE", now <= before, key, earlier, later)
        elif key == draft.age_key:
            ends = now + later.moment.at + _TOLERANCE >= before + earlier.moment.at
            yield _limit("RUFH-LIMIT-MAX-AGE-END-NOT-EARLIER", ends, key, earlier, later)


def _limit(requirement: str, holds: bool, key: str, earlier: _Limits, later: _Limits) -> Finding:
    waited = later.moment.at - earlier.moment.at
    return Finding(
        requirement=requirement,
        holds=holds,
        expected=f"{key} not tighter than {earlier.values[key]}, told before",
        observed=f"{key}={later.values[key]} in {phrase(later.status)}, {waited:.1f} s later",
        exchanges=tuple(dict.fromkeys((earlier.exchange, later.exchange))),
    )


UPLOAD_RULES: Final[tuple[Rule, ...]] = (offsets, acknowledged, beyond_sent, limits)
