"""A probe in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.engine.drafts_seen import facts_of
from conformance.engine.probe import Probed, announced
from conformance.engine.transports import TRANSPORTS
from conformance.profiles.rufh.drafts import DRAFTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.engine.probe import DraftProbe, Spoken
    from conformance.model.transcript import Exchange

#: devices in the field and the draft number they send
DEVICES = (
    ("iOS 17, macOS 14", 3),
    ("iOS 18.0, macOS 15.0", 5),
    ("iOS 18.1, macOS 15.1 and later", 6),
)
_UNITS = ((1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB"))


def sentences(
    probed: Probed, read_back: str = "", transports: Mapping[str, Spoken] | None = None
) -> Iterator[str]:
    """Yield what a probe saw, one sentence a line.

    Args:
        probed: what it saw.
        read_back: the way in to what is stored, in words; empty if none is declared.
        transports: what was seen over each transport; the first is the one everything else was
            seen over.
    """
    yield _ordinary(probed)
    for number, (name, seen) in enumerate((transports or {}).items()):
        yield _transport(TRANSPORTS[name], seen, first=not number)
    yield from _drafts(probed.drafts)
    speaking = _speaking(probed.drafts)
    yield from _limits(speaking)
    yield _methods(probed.methods)
    yield _retrieval(speaking)
    yield _cancellation(speaking)
    yield _expecting(probed.expecting)
    yield (
        f"What it stores can be checked: {read_back}."
        if read_back
        else "What it stores cannot be checked: no way to read back is declared (--read-back-url)."
    )
    for device, number in DEVICES:
        yield f"{device} (draft {number}): {_experience(probed.drafts[number])}"


def _ordinary(probed: Probed) -> str:
    exchange = probed.ordinary
    final = exchange.final
    status = final.status if final is not None else "nothing"
    server = final.value("Server") if final is not None else None
    told = f", Server: {server.decode('latin-1')[:80]}" if server else ""
    return (
        f"An ordinary {exchange.request.method} is answered {status}; answers take about "
        f"{probed.latency * 1000:.1f} ms{told}."
    )


def _transport(name: str, seen: Spoken, *, first: bool) -> str:
    if seen.why_not:
        return f"{name}: not spoken ({seen.why_not})."
    told = f"a 104 is seen in draft {spans(seen.announced)}" if seen.announced else "no 104 is seen"
    return f"{name}: spoken; {told}{'; what follows was seen over it' if first else ''}."


def _drafts(drafts: Mapping[int, DraftProbe]) -> Iterator[str]:
    silent = []
    for number, each in sorted(drafts.items()):
        after = announced(each)
        if after is None:
            silent.append(number)
            continue
        early = any(
            interim.status == 104 and not interim.sent_before for interim in each.whole.interims
        )
        when = "before any content" if early else "after content had been sent"
        yield (
            f"Draft {number} ({_revisions(number)}): announced with a 104 after "
            f"{after * 1000:.1f} ms, {when}."
        )
    if silent:
        yield (
            f"Draft {spans(silent)}: no 104 bears the number, so clients take it for a server "
            "that knows nothing of it."
        )


def _speaking(drafts: Mapping[int, DraftProbe]) -> dict[int, DraftProbe]:
    """Return the drafts spoken, as far as a client can tell.

    Where no 104 comes at all, those count in which an upload resource was made nevertheless.
    """
    told = {number: each for number, each in drafts.items() if announced(each) is not None}
    made = {number: each for number, each in drafts.items() if each.trial.retrieval is not None}
    return told or made


def _revisions(number: int) -> str:
    return ", ".join(DRAFTS[number].revisions)


def _limits(drafts: Mapping[int, DraftProbe]) -> Iterator[str]:
    told: dict[str, list[int]] = {}
    for number, each in sorted(drafts.items()):
        if not each.trial.draft.has("limits"):
            continue
        limits = facts_of(each.trial).limits
        text = ", ".join(f"{key} {_amount(key, value)}" for key, value in limits.items())
        told.setdefault(text or "none told", []).append(number)
    for text, numbers in told.items():
        yield f"Limits in draft {spans(numbers)}: {text}."


def _amount(key: str, value: int) -> str:
    if key in {"max-age", "expires"}:
        return f"{value} s"
    for unit, name in _UNITS:
        if value and value % unit == 0:
            return f"{value // unit} {name}"
    return f"{value} B"


def _methods(methods: Mapping[str, Exchange]) -> str:
    parts = [f"{name} {_answer(exchange)}" for name, exchange in methods.items()]
    return f"Creating uploads by method: {', '.join(parts)}."


def _answer(exchange: Exchange) -> str:
    final = exchange.final
    return str(final.status) if final is not None else f"no answer ({exchange.end})"


def _retrieval(drafts: Mapping[int, DraftProbe]) -> str:
    told = {
        number: _answer(each.trial.retrieval)
        for number, each in drafts.items()
        if each.trial.retrieval is not None
    }
    return _per_draft("Asking for the offset of a new upload", told)


def _cancellation(drafts: Mapping[int, DraftProbe]) -> str:
    told = {
        number: _answer(each.trial.cancellation)
        for number, each in drafts.items()
        if each.trial.cancellation is not None
    }
    return _per_draft("Cancelling it", told)


def _per_draft(what: str, told: Mapping[int, str]) -> str:
    if not told:
        return f"{what}: not possible, no upload resource was told."
    groups: dict[str, list[int]] = {}
    for number, answer in sorted(told.items()):
        groups.setdefault(answer, []).append(number)
    parts = [f"{answer} in draft {spans(numbers)}" for answer, numbers in groups.items()]
    return f"{what}: {'; '.join(parts)}."


def spans(numbers: Iterable[int]) -> str:
    """Write ascending numbers as spans: ``3-5, 9``."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in found)


def _expecting(exchange: Exchange | None) -> str:
    if exchange is None:
        return "Expect: 100-continue was not tried."
    asked = any(interim.status == 100 for interim in exchange.interims)
    if asked:
        return "Expect: 100-continue is answered with 100 before content is sent."
    early = exchange.final is not None and not exchange.final.sent_before
    if early:
        return f"Expect: 100-continue is answered {_answer(exchange)} at once."
    return "Expect: 100-continue is not answered; clients wait for nothing before they send."


def _experience(probed: DraftProbe) -> str:
    whole = probed.whole
    final = whole.final
    if final is None:
        return f"uploads fail: there is no answer ({whole.detail or whole.end})."
    if announced(probed) is not None:
        if 200 <= final.status < 300:
            return "uploads resume where they broke off."
        return f"uploads are announced as resumable, but then refused with {final.status}."
    if 200 <= final.status < 300:
        return "uploads work as ordinary ones; an interrupted one starts again from zero."
    if final.status in {401, 403}:
        return f"uploads are refused with {final.status}: credentials are missing."
    return f"uploads fail: the request is refused with {final.status}."
