"""What there is to do: each defect where it shows, each correct variant in several drafts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.engine.coverage import places
from conformance.model.requirement import Verdict
from conformance.profiles.rufh.drafts import DRAFTS
from reference_server.defects.catalogue import load_defects
from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.variants.catalogue import load_variants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.engine.coverage import Place

#: drafts in which correct variants are judged
VARIANT_DRAFTS: Final = (3, 6, 8, 9, 10)
#: the same where it has to be done in a few minutes
QUICK_DRAFTS: Final = (6, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One strange server in one draft.

    Attributes:
        kind: ``defect`` or ``variant``.
        name: what it is called.
        draft: interop version.
        transport: ``h1`` or ``h2``.
        requirements: violated by a defect; what a variant may be warned of.
        full: run everything, not only what cites the requirements.
        only: scenarios to run; empty for all of them.
    """

    kind: str
    name: str
    draft: int
    transport: str
    requirements: tuple[str, ...]
    full: bool = False
    only: tuple[str, ...] = ()


def jobs(names: Sequence[str], drafts: Sequence[int], *, full: bool) -> list[Job]:
    """Return what is to be done; all of it if nothing is named, what waits for long first.

    Args:
        names: defects, variants, or ``defect`` and ``variant`` for all of a kind.
        drafts: drafts for variants instead of the usual ones.
        full: run every scenario against defects.
    """
    found = [
        Job(
            kind="variant",
            name=variant.name,
            draft=draft,
            transport="h2" if variant.transport is Transport.H2 else "h1",
            requirements=variant.warns,
            full=True,
        )
        for variant in load_variants().values()
        for draft in drafts or VARIANT_DRAFTS
        if draft in variant.drafts
    ]
    found += [
        Job(
            kind="defect",
            name=defect.name,
            draft=defect.drafts[0],
            transport="h2" if defect.transport is Transport.H2 else "h1",
            requirements=defect.requirements,
            full=full,
        )
        for defect in load_defects().values()
    ]
    waiting = {name for name, each in load_defects().items() if each.difficulty is Difficulty.TIME}
    waiting |= {name for name, each in load_variants().items() if each.latency}
    found.sort(key=lambda job: job.name not in waiting)
    return [job for job in found if not names or job.name in names or job.kind in names]


def further(unseen: Iterable[str], done: Iterable[Job]) -> list[Job]:
    """Return jobs that may make the checks fail that no defect has made fail so far.

    A defect shows in further drafts and, unless it belongs to one transport, over both. Only the
    scenarios with such a check are run, and in no more drafts than it takes to reach each of them
    once; what is still unseen then is worth another call.

    Args:
        unseen: names of places, see :func:`conformance.engine.coverage.places`.
        done: jobs that were done.
    """
    names = set(unseen)
    wanted = [each for each in places() if each.name in names and each.scenario]
    was_done = {(job.name, job.draft, job.transport) for job in done if job.kind == "defect"}
    found: list[Job] = []
    for defect in load_defects().values():
        reached: set[str] = set()
        by_place = {
            key: here
            for key, here in _by_place(defect, wanted).items()
            if (defect.name, *key) not in was_done
        }
        for draft, transport in sorted(by_place, key=lambda key: -len(by_place[key])):
            here = by_place[draft, transport]
            new = [each for each in here if each.name not in reached]
            reached.update(each.name for each in here)
            if new:
                found.append(_elsewhere(defect, draft, transport, new))
    return found


def _by_place(defect: Defect, wanted: Iterable[Place]) -> dict[tuple[int, str], list[Place]]:
    """Return by draft and transport the checks a defect might make fail there."""
    found: dict[tuple[int, str], list[Place]] = defaultdict(list)
    where = {(draft, over) for draft in _drafts(defect) for over in _transports(defect)}
    for each in wanted:
        fails = each.verdict is Verdict.FAIL and each.requirement in defect.requirements
        if fails and (each.draft, each.transport) in where:
            found[each.draft, each.transport].append(each)
    return found


def _drafts(defect: Defect) -> Iterator[int]:
    return (draft for draft in defect.drafts if draft in DRAFTS)


def _transports(defect: Defect) -> tuple[str, ...]:
    if defect.transport is Transport.ANY:
        return "h1", "h2"
    return (str(defect.transport),)


def _elsewhere(defect: Defect, draft: int, transport: str, new: Iterable[Place]) -> Job:
    return Job(
        kind="defect",
        name=defect.name,
        draft=draft,
        transport=transport,
        requirements=defect.requirements,
        only=tuple(sorted({each.scenario for each in new})),
    )
