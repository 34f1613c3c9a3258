"""Requirement by draft: what is checked, what was proved by a seeded defect, what cannot be."""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from conformance.engine.adequacy import place_of
from conformance.model.errors import InternalError
from conformance.model.plan import Plan, TargetFacts
from conformance.model.requirement import Observable, Verdict
from conformance.profiles import rufh
from conformance.profiles.rufh import registry
from conformance.profiles.rufh.capabilities import TARGET_CAPABILITIES
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.profiles.rufh.standing import STANDING
from conformance.scenario.decode import expand
from conformance.scenario.library import load_library
from conformance.scenario.planner import plan_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.model.requirement import Requirement

#: requirement -> what a draft has to have for it to mean anything, and why
_TAKES: Final = MappingProxyType(
    {
        "HTTP-HEAD-SAME-FIELDS": ("get-retrieval", "older drafts give GET of an upload no meaning"),
        "SUITE-INTEGRITY-DIGEST": ("digests", "elsewhere it is the digest of the answer itself"),
    }
)
#: written by the adequacy run, read by everybody else
PROOF = Path(rufh.__file__).parent / "proved.json"
_WHERE = (tuple(DRAFTS), ("h1", "h2"))
_EVERYTHING = TargetFacts(
    url="http://server.example/uploads",
    path="/uploads",
    authority="server.example",
    origin="http://server.example",
    capabilities=frozenset(TARGET_CAPABILITIES),
)


class Cover(StrEnum):
    """How far a requirement is covered in a draft."""

    PROVED = "proved"  # checked, and a seeded defect was seen to violate it
    CHECKED = "checked"
    TOLD = "told"  # what was seen is told as information, never judged
    UNTESTABLE = "untestable"  # nothing on the wire shows it
    MISSING = "not yet"
    ABSENT = "-"  # the draft does not ask for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One requirement.

    Attributes:
        requirement: the row of the registry.
        covers: draft number -> how far it is covered.
        proof: defects that were caught because of it.
        why: why it is untestable; empty if it is not.
    """

    requirement: Requirement
    covers: Mapping[int, Cover]
    proof: tuple[str, ...] = ()
    why: str = ""


@functools.cache
def load_proof() -> Mapping[str, tuple[str, ...]]:
    """Return requirement -> defects that were caught by a check of it, as last measured.

    Raises:
        InternalError: the file is not what the adequacy run writes.
    """
    try:
        data: Any = json.loads(PROOF.read_text("utf-8"))
        return MappingProxyType({str(key): tuple(map(str, names)) for key, names in data.items()})
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise InternalError(f"{PROOF.name}: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A check of a scenario file, or a standing rule, where it can be judged.

    Attributes:
        name: see :func:`conformance.engine.adequacy.place_of`.
        scenario: id of the scenario; empty for a standing rule.
        requirement: what it cites.
        verdict: what a violation is worth.
        draft, transport: where.
    """

    name: str
    scenario: str
    requirement: str
    verdict: Verdict
    draft: int
    transport: str


@functools.cache
def places() -> frozenset[Place]:
    """Return every check of the shipped scenarios in every draft and over every transport."""
    found = {_standing(name, draft, over) for name, draft, over in product(STANDING, *_WHERE)}
    for scenario in load_library().scenarios:
        for case, draft, over in product(expand(scenario), *_WHERE):
            plan = plan_case(case, draft, over, _EVERYTHING, registry.load())
            if isinstance(plan, Plan):
                found.update(_places(plan, scenario.id))
    return frozenset(found)


def _places(plan: Plan, scenario: str) -> Iterator[Place]:
    for check in plan.checks:
        yield Place(
            name=place_of(scenario, check.id),
            scenario=scenario,
            requirement=check.check.requirement,
            verdict=check.verdict,
            draft=plan.draft,
            transport=plan.transport,
        )


def _standing(requirement: str, draft: int, transport: str) -> Place:
    return Place(
        name=f"standing/{requirement}",
        scenario="",
        requirement=requirement,
        verdict=registry.load().verdict(requirement, draft),
        draft=draft,
        transport=transport,
    )


@functools.cache
def checked() -> Mapping[str, frozenset[int]]:
    """Return requirement -> drafts in which a shipped scenario or a standing rule checks it."""
    found: dict[str, set[int]] = defaultdict(set)
    for place in places():
        found[place.requirement].add(place.draft)
    return MappingProxyType({name: frozenset(drafts) for name, drafts in found.items()})


def must_be_seen() -> frozenset[str]:
    """Return the names of the checks whose violation fails in some draft."""
    return frozenset(place.name for place in places() if place.verdict is Verdict.FAIL)


def must_fail() -> frozenset[str]:
    """Return the requirements that are checked in a draft in which a violation fails."""
    return frozenset(place.requirement for place in places() if place.verdict is Verdict.FAIL)


def coverage() -> tuple[Row, ...]:
    """Return the rows of all requirements that bind a server, in the order of the registry."""
    proof = load_proof()
    return tuple(
        Row(
            requirement=row,
            covers=MappingProxyType({draft: _cover(row, draft, proof) for draft in DRAFTS}),
            proof=proof.get(row.id, ()),
            why=untestable(row) or _without(row),
        )
        for row in registry.load().server_rows()
    )


def _cover(row: Requirement, draft: int, proof: Mapping[str, tuple[str, ...]]) -> Cover:
    verdict = row.verdicts[draft]
    if verdict is Verdict.SKIP:
        return Cover.ABSENT
    if draft in checked().get(row.id, frozenset()):
        if verdict is Verdict.INFO:
            return Cover.TOLD
        return Cover.PROVED if row.id in proof else Cover.CHECKED
    if untestable(row) or (_without(row) and not DRAFTS[draft].has(_TAKES[row.id][0])):
        return Cover.UNTESTABLE
    return Cover.TOLD if verdict is Verdict.INFO else Cover.MISSING


def _without(row: Requirement) -> str:
    """Return why a requirement cannot be judged in some drafts; empty if it can in all."""
    return _TAKES[row.id][1] if row.id in _TAKES else ""


def untestable(row: Requirement) -> str:
    """Return why a requirement cannot be judged from outside; empty if it can."""
    if row.observable is Observable.NO:
        return "nothing on the wire shows it"
    if row.observable is Observable.PARTLY:
        return "only some violations show, and none of them surely"
    if row.id.startswith("H3-"):
        return "HTTP/3 is not spoken here"
    return ""
