"""Replays findings: is what was found still so?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from conformance.engine.world import BoundReached
from conformance.fuzz.confirm import Confirmed, judged
from conformance.fuzz.finding import FORMAT
from conformance.model.errors import ScenarioError, SuiteError
from conformance.profiles.rufh import registry
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.scenario.decode import expand, load_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.engine.world import World
    from conformance.model.plan import TargetFacts
    from conformance.model.scenario import Case

#: runs of each finding; one that fails in some of them only is flaky
RUNS: Final = 3
_LARGEST: Final = 1_000_000


class State(StrEnum):
    """What became of a finding."""

    FIXED = "FIXED"  # the check passes in every run
    FAILED = "FAILED"  # it fails in every run
    FLAKY = "FLAKY"  # it fails in some
    ERROR = "ERROR"  # it could not be judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A finding as its folder holds it.

    Attributes:
        folder: where it is.
        requirement: what it violates.
        draft: the draft it was found in.
        transport: ``h1`` or ``h2``.
        case: its scenario.
    """

    folder: Path
    requirement: str
    draft: int
    transport: str
    case: Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a replay showed.

    Attributes:
        saved: the finding.
        state: what became of it.
        detail: what was observed, or why it could not be judged.
    """

    saved: Saved
    state: State
    detail: str


def read_findings(folder: Path) -> tuple[Saved, ...]:
    """Read a finding's folder, or all findings in a folder.

    Raises:
        SuiteError: there is none, or a file cannot be read; the message names the file.
        ScenarioError: a scenario is wrong.
    """
    places = [folder] if (folder / "finding.json").is_file() else []
    places = places or sorted(path.parent for path in folder.glob("*/finding.json"))
    if not places:
        raise SuiteError(
            f"{folder} holds no finding (a folder with finding.json and scenario.yaml); "
            "give the folder that --out named, or one of those in it"
        )
    return tuple(_read(place) for place in places)


def _read(place: Path) -> Saved:
    facts = _facts(place / "finding.json")
    requirement, draft = facts.get("requirement"), facts.get("draft")
    if requirement not in registry.load() or draft not in DRAFTS:
        raise SuiteError(f"{place / 'finding.json'} names no requirement or draft known here")
    transport = facts.get("transport")
    cases = expand(load_scenario(place / "scenario.yaml"))
    if len(cases) != 1 or transport not in ("h1", "h2"):
        raise SuiteError(f"{place} is no finding of this fuzzer: one case over h1 or h2 is wanted")
    return Saved(
        folder=place,
        requirement=str(requirement),
        draft=int(draft),
        transport=transport,
        case=cases[0],
    )


def _facts(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST:
            raise SuiteError(f"{path} is larger than a finding's file can be")
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SuiteError(f"{path} cannot be read: {error}") from None
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise SuiteError(f"{path} is not in format {FORMAT}; write it anew with this version")
    return facts


async def replay(saved: Saved, world: World, target: TargetFacts) -> Replayed:
    """Run a finding's scenario a few times and say what became of it."""
    runs: list[Confirmed] = []
    try:
        for _ in range(RUNS):
            made = await judged(
                saved.case, saved.draft, saved.requirement, world, target, saved.transport
            )
            runs.append(made)
    except (BoundReached, ScenarioError) as error:
        return Replayed(saved=saved, state=State.ERROR, detail=str(error))
    failed = [each.fails for each in runs if each.fails is not None]
    causes = [each.cause for each in runs if each.cause]
    if failed and len(failed) == RUNS:
        return Replayed(saved=saved, state=State.FAILED, detail=failed[0].observed)
    if failed:
        detail = f"{failed[0].observed} in {len(failed)} of {RUNS} runs"
        return Replayed(saved=saved, state=State.FLAKY, detail=detail)
    if causes:
        return Replayed(saved=saved, state=State.ERROR, detail=causes[0])
    return Replayed(saved=saved, state=State.FIXED, detail=f"passes in {RUNS} of {RUNS} runs")
