"""Fuzzing as a property test: Hypothesis draws the trials and shrinks what it finds.

Slower for each request than :mod:`conformance.fuzz.search`, but at home in a test run.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from conformance.fuzz.confirm import confirm, scenario_of
from conformance.fuzz.drive import play
from conformance.fuzz.oracle import judge_played
from conformance.fuzz.search import station_of
from conformance.fuzz.strategy import trials
from conformance.scenario.encode import dump

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from conformance.engine.planning import Station
    from conformance.fuzz.search import SearchSettings
    from conformance.fuzz.trial import Trial
    from conformance.fuzz.view import Violation


class ViolationError(AssertionError):
    """A target answered what no correct one does.

    Attributes:
        violation: what it is.
        scenario: the smallest trial found, as a file.
    """

    def __init__(self, violation: Violation, scenario: str) -> None:
        self.violation = violation
        self.scenario = scenario
        super().__init__(f"{violation.requirement}: {violation.said}\n\n{scenario}")


def hold(settings: SearchSettings, draft: int, examples: int = 100) -> None:
    """Let Hypothesis search a target in one draft.

    Args:
        settings: the target and how to reach it; bounds on time do not count here.
        draft: the draft spoken.
        examples: trials to draw.

    Raises:
        ViolationError: something was found and the engine confirms it.
        SuiteError: Hypothesis is not installed, or the target cannot be tried out.
    """
    with asyncio.Runner() as runner:
        station = runner.run(station_of(settings))
        facts = station.facts(draft)
        strategy = trials(
            draft,
            transport=settings.transport,
            read_back=settings.target.read_back is not None,
            limits=facts.limits,
        )
        _search(strategy, runner, station, draft, examples)


def _search(
    strategy: SearchStrategy[Trial],
    runner: asyncio.Runner,
    station: Station,
    draft: int,
    examples: int,
) -> None:
    from hypothesis import HealthCheck, Phase, given
    from hypothesis import settings as hypothesis_settings

    @hypothesis_settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(strategy)
    def nothing_is_wrong(trial: Trial) -> None:
        found = runner.run(_violations(trial, station, draft))
        if found is not None:
            raise ViolationError(found, dump(scenario_of(trial, found)))

    nothing_is_wrong()


async def _violations(trial: Trial, station: Station, draft: int) -> Violation | None:
    """Return the first violation a trial shows that the engine confirms."""
    facts = station.facts(draft)
    played = await play(trial, station.world, facts, station.transport)
    for violation in judge_played(played):
        confirmed = await confirm(trial, violation, station.world, facts, station.transport)
        if confirmed.fails is not None:
            return violation
    return None
