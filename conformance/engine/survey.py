"""Tries a target out over every transport it is to be judged over, and tells what was learnt."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.engine.asking import asker
from conformance.engine.drafts_seen import SEEN
from conformance.engine.planning import Site, Station
from conformance.engine.redact import Redactor
from conformance.engine.sanity import examine
from conformance.engine.transports import TRANSPORTS, refusal, why_not_h2
from conformance.engine.worlds import world_of
from conformance.model.errors import TargetError
from conformance.model.result import TargetSeen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.engine.drafts_seen import DraftFacts
    from conformance.engine.settings import RunSettings
    from conformance.engine.target import Target
    from conformance.engine.world import Counters, World
    from conformance.proxy.remote import PathProxy


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """What there is to run against.

    Attributes:
        sites: one for each transport the target can be judged over; never empty.
        notes: what was learnt of its transports.
    """

    sites: tuple[Site, ...]
    notes: tuple[str, ...] = ()


async def survey(
    settings: RunSettings, counters: Counters, path: PathProxy | None = None
) -> Surveyed:
    """Try the target out over the transports asked for, or else over all of them.

    Raises:
        TargetError: nothing can be judged, or not over a transport that was asked for; one cause,
            with what to do.
        BoundReached: the user's bounds do not allow it.
    """
    worlds = tuple(world_of(target, counters, path) for target in settings.targets)
    sites: list[Site] = []
    lost: dict[str, TargetError] = {}
    for transport in settings.transports or TRANSPORTS:
        try:
            sites.append(await _site(settings, worlds, transport))
        except TargetError as error:
            if settings.transports:
                raise
            lost[transport] = error
    if not sites:
        raise next(iter(lost.values()))
    missing = (f"not judged over {TRANSPORTS[name]}: {why}" for name, why in lost.items())
    return Surveyed(sites=tuple(sites), notes=(*missing, *_differences(sites)))


async def _site(settings: RunSettings, worlds: tuple[World, ...], transport: str) -> Site:
    first = settings.targets[0]
    if transport == "h2":
        why = await why_not_h2(worlds[0], first.url_with("x"), settings.scale)
        if why:
            error = refusal(first.url, why) if settings.transports else TargetError(why)
            raise TargetError(Redactor(first.secrets).text(str(error)))
    pairs = zip(settings.targets, worlds, strict=True)
    stations = await asyncio.gather(
        *(_station(target, world, settings, transport) for target, world in pairs)
    )
    return Site(
        transport=transport,
        stations=tuple(stations),
        drafts=tuple(stations[0].examined.drafts),
    )


async def _station(target: Target, world: World, settings: RunSettings, transport: str) -> Station:
    most = min(8, settings.parallel)
    ask = asker(world, scale=settings.scale, most=most, transport=transport)
    examined = await examine(target, ask, declared=settings.drafts)
    return Station(
        target=target,
        examined=examined,
        world=world,
        redactor=Redactor(target.secrets),
        scale=settings.scale * examined.scale,
        transport=transport,
    )


def _differences(sites: Iterable[Site]) -> Iterator[str]:
    """Say which drafts a 104 shows over one transport and not over another."""
    seen = {
        site.transport: [number for number, each in sorted(_facts(site).items()) if each.seen]
        for site in sites
    }
    for here, numbers in seen.items():
        for there, others in seen.items():
            only = [number for number in numbers if number not in others]
            if only:
                told = ", ".join(map(str, only))
                yield (
                    f"draft {told}: a 104 bears the number over {TRANSPORTS[here]}, "
                    f"none does over {TRANSPORTS[there]}"
                )


def _facts(site: Site) -> dict[int, DraftFacts]:
    return dict(site.stations[0].examined.facts)


def target_seen(settings: RunSettings, surveyed: Surveyed) -> TargetSeen:
    """Return what was learnt of the target, without its secrets."""
    first = surveyed.sites[0].stations[0]
    limits: dict[str, int] = {}
    for site in surveyed.sites:
        for draft in site.drafts:
            limits.update(site.stations[0].limits(draft))
    wish = first.target.read_back
    redact = first.redactor.text
    seen = TargetSeen(
        url="embedded" if settings.embedded else first.target.url,
        embedded=settings.embedded,
        drafts=_reasons(surveyed.sites),
        transports=tuple(site.transport for site in surveyed.sites),
        limits=limits,
        latency=round(first.examined.latency * 1000, 1),
        read_back=wish.words if wish is not None else "",
        facts=tuple(redact(fact) for fact in (*surveyed.notes, *_notes(surveyed.sites))),
        server=redact(first.examined.server),
        file=settings.target_file,
    )
    return replace(seen, url=redact(seen.url), read_back=redact(seen.read_back))


def _reasons(sites: tuple[Site, ...]) -> dict[int, str]:
    """Return every draft judged, with the reason and, if not all, the transports."""
    found: dict[int, str] = {}
    for draft in sorted({draft for site in sites for draft in site.drafts}):
        judged = [site for site in sites if draft in site.drafts]
        reason = judged[0].stations[0].examined.drafts[draft]
        if reason == SEEN and len(judged) < len(sites):
            over = ", ".join(TRANSPORTS[site.transport] for site in judged)
            reason = f"{SEEN}, over {over} only"
        found[draft] = reason
    return found


def _notes(sites: tuple[Site, ...]) -> Iterator[str]:
    """Yield what was noted everywhere once, and what was noted over one transport with its name."""
    by_site = {site.transport: site.stations[0].examined.notes for site in sites}
    for note in dict.fromkeys(note for notes in by_site.values() for note in notes):
        where = [name for name, notes in by_site.items() if note in notes]
        if len(where) == len(by_site):
            yield note
        else:
            yield f"over {', '.join(TRANSPORTS[name] for name in where)}: {note}"
