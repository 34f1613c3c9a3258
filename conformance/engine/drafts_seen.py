"""Which drafts a target speaks, and the limits it tells in each.

The version number gates nothing but the 104, so an answer to a request that carries it proves
nothing. A draft is judged only if the user declares it, or if a 104 bearing its number came in
answer to a creation bearing the same one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.profiles.rufh.drafts import VERSION_FIELD, Draft
from conformance.syntax import sf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.model.transcript import Exchange, Message

DECLARED = "declared"
SEEN = "104 seen"
ANNOUNCEMENT = 104

_SIZES = ("max-size", "min-size", "max-append-size", "min-append-size")
_NOT_SUPPORTED = frozenset({405, 501})
_LENGTH_REQUIRED = 411
#: sizes of scenarios that fill an upload up to its maximum, octets
_SMALL, _PIECE, _LARGE = 1 << 20, 256 << 10, 1 << 62
_SHORT_LIFE = 10
#: smallest and largest content of scenarios that need that much room, octets
_SMALL_APPEND, _LARGE_REQUEST = 1 << 10, 2 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftTrial:
    """The exchanges that try out one draft; None where one was not made.

    Attributes:
        draft: the draft.
        options: OPTIONS on the creation target.
        creation: creation of an upload.
        retrieval: offset retrieval on it, if it is an upload resource.
        cancellation: its cancellation.
        without_length: creation that was refused because it did not tell the length; the other one
            told it.
    """

    draft: Draft
    options: Exchange | None = None
    creation: Exchange | None = None
    retrieval: Exchange | None = None
    cancellation: Exchange | None = None
    without_length: Exchange | None = None

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Return the exchanges made, in order."""
        made = (self.options, self.without_length, self.creation, self.retrieval, self.cancellation)
        return tuple(exchange for exchange in made if exchange is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFacts:
    """What a trial showed.

    Attributes:
        seen: a 104 with the draft's own number came.
        limits: limits told, by key; ``max-age`` and ``expires`` in seconds.
        no_cancellation: an upload that exists was refused cancellation as unsupported.
        accepted: the creation was answered 2xx.
        length_demanded: a creation was refused because it did not tell the length.
    """

    seen: bool = False
    limits: Mapping[str, int] = field(default_factory=dict)
    no_cancellation: bool = False
    accepted: bool = False
    length_demanded: bool = False


def facts_of(trial: DraftTrial) -> DraftFacts:
    """Read what a trial showed."""
    creation = trial.creation
    final = creation.final if creation is not None else None
    gone = trial.cancellation.final if trial.cancellation is not None else None
    return DraftFacts(
        seen=creation is not None and bearing(creation, trial.draft.number),
        limits=limits_told(trial.exchanges, trial.draft),
        no_cancellation=gone is not None and gone.status in _NOT_SUPPORTED,
        accepted=final is not None and 200 <= final.status < 300,
        length_demanded=trial.without_length is not None,
    )


def demands_length(creation: Exchange, draft: Draft) -> bool:
    """Tell whether a creation was refused because it did not tell its length (RFC 9110, 15.5.12).

    A target with a smallest size may want to know the length before it makes an upload.
    """
    final = creation.final
    return draft.has("upload-length") and final is not None and final.status == _LENGTH_REQUIRED


def bearing(exchange: Exchange, number: int) -> bool:
    """Tell whether a 104 with this number came."""
    return any(
        interim.status == ANNOUNCEMENT and sf.parse_integer(interim.values(VERSION_FIELD)) == number
        for interim in exchange.interims
    )


def limits_told(exchanges: Iterable[Exchange], draft: Draft) -> dict[str, int]:
    """Return the limits told by ``Upload-Limit``; the newest word counts.

    Values that are no integers are left out: judging them is the scenarios' business.
    """
    if not draft.has("limits"):
        return {}
    limits: dict[str, int] = {}
    keys = {*_SIZES, draft.age_key}
    for exchange in exchanges:
        for message in (*exchange.interims, *_final(exchange)):
            told = sf.parse_dictionary(message.values("Upload-Limit"))
            if not isinstance(told, dict):
                continue
            for key, member in told.items():
                value = member.value if isinstance(member, sf.Item) else None
                if key in keys and isinstance(value, int) and not isinstance(value, bool):
                    limits[key] = value
    return limits


def _final(exchange: Exchange) -> tuple[Message, ...]:
    return (exchange.final,) if exchange.final is not None else ()


def drafts_to_judge(declared: Iterable[int], facts: Mapping[int, DraftFacts]) -> dict[int, str]:
    """Return the drafts to judge with the reason, in order of their numbers."""
    wanted = tuple(declared)
    reasons = dict.fromkeys(wanted, DECLARED)
    if not wanted:
        reasons = {number: SEEN for number, each in facts.items() if each.seen}
    return dict(sorted(reasons.items()))


def limit_capabilities(limits: Mapping[str, int], *, limits_exist: bool) -> frozenset[str]:
    """Return the capabilities that follow from limits told or declared.

    Args:
        limits: limits by key.
        limits_exist: the draft can tell limits at all; where it cannot, nothing follows from
            there being none.
    """
    found = {key for key in ("max-size", "max-append-size") if key in limits}
    found |= {key for key in ("min-size", "min-append-size") if limits.get(key, 0) > 0}
    if limits.get("max-size", _LARGE) <= _SMALL and limits.get("max-append-size", _LARGE) >= _PIECE:
        found.add("small-max-size")
    age = min((limits[key] for key in ("max-age", "expires") if key in limits), default=None)
    if age is not None and age <= _SHORT_LIFE:
        found.add("lifetime")
    if limits_exist and not found - {"lifetime"}:
        found.add("no-limits")
    return frozenset(found | _roomy(limits))


def _roomy(limits: Mapping[str, int]) -> set[str]:
    """Return the capabilities that limits leave; where there are none, all of them."""
    least = limits.get("min-append-size", 0)
    most = min(limits.get(key, _LARGE) for key in ("max-size", "max-append-size"))
    held = {
        "small-appends": least <= _SMALL_APPEND,
        "tiny-appends": least <= 0,
        "large-requests": most >= _LARGE_REQUEST,
        "small-uploads": limits.get("min-size", 0) <= 0,
    }
    return {name for name, holds in held.items() if holds}
