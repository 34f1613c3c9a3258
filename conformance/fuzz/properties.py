"""Fuzzing as a property test: Hypothesis draws the trials and shrinks what it finds.

Slower for each request than :mod:`conformance.fuzz.search`, but at home in a test run.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from conformance.fuzz.confirm import confirm
from conformance.fuzz.control import Control
from conformance.fuzz.drive import DEAD, play
from conformance.fuzz.finding import finding_of
from conformance.fuzz.investigate import Investigator
from conformance.fuzz.oracle import judge_played
from conformance.fuzz.search import station_of
from conformance.fuzz.strategy import trials
from conformance.model.errors import TargetError

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from conformance.engine.planning import Station
    from conformance.fuzz.confirm import Confirmed
    from conformance.fuzz.finding import Finding
    from conformance.fuzz.search import SearchSettings
    from conformance.fuzz.trial import Trial
    from conformance.fuzz.view import Violation

#: seconds Hypothesis may go on shrinking; a trial on the wire may take seconds itself
_SHRINK: Final = 6.0


class ViolationError(AssertionError):
    """A target answered what no correct one does.

    Attributes:
        finding: what was found, made small.
    """

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        said = finding.violation
        super().__init__(f"{said.requirement}: {said.said}\n\n{finding.scenario_text}")

    @property
    def violation(self) -> Violation:
        """Return what it is."""
        return self.finding.violation

    @property
    def scenario(self) -> str:
        """Return the smallest trial found, as a file."""
        return self.finding.scenario_text


class _Shown(Exception):  # noqa: N818 - how a trial tells Hypothesis that it shows something
    """A trial shows a violation."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        super().__init__("a trial shows a violation")


class _Property:
    """The property that no trial shows a violation, against one target in one draft."""

    def __init__(
        self,
        runner: asyncio.Runner,
        station: Station,
        draft: int,
        *,
        tidy: bool,
        control: Control | None,
    ) -> None:
        self.shown: dict[Trial, tuple[Violation, Confirmed]] = {}
        self._runner = runner
        self._station = station
        self._facts = station.facts(draft)
        self._tidy = tidy
        self._control = control
        self._until = 0.0
        self._dead = 0

    def hold(self, trial: Trial) -> None:
        """Raise if a trial shows a violation.

        A trial is always the same to Hypothesis, so what one has shown it shows again. When the
        time for shrinking is over, whatever was not tried yet shows nothing.

        Raises:
            TargetError: the target takes no connection any more.
        """
        if trial not in self.shown:
            if self._until and time.monotonic() > self._until:
                return
            found = self._runner.run(self._play(trial))
            if found is None:
                return
            self.shown[trial] = found
            self._until = self._until or time.monotonic() + _SHRINK
        raise _Shown(trial)

    async def _play(self, trial: Trial) -> tuple[Violation, Confirmed] | None:
        station, facts = self._station, self._facts
        played = await play(trial, station.world, facts, station.transport, tidy=self._tidy)
        self._dead = self._dead + 1 if played.refused else 0
        if self._dead >= DEAD:
            raise TargetError("the target takes no connection any more")
        for violation in judge_played(played):
            confirmed = await confirm(trial, violation, station.world, facts, station.transport)
            if confirmed.fails is not None and not await self._shared(trial, violation):
                return violation, confirmed
        return None

    async def _shared(self, trial: Trial, violation: Violation) -> bool:
        """Tell whether the reference server shows it as well."""
        if self._control is None:
            return False
        return await self._control.shows(trial, violation, self._facts.limits)


def hold(settings: SearchSettings, draft: int, examples: int = 100) -> None:
    """Let Hypothesis search a target in one draft.

    Args:
        settings: the target and how to reach it; bounds on time do not count here.
        draft: the draft spoken.
        examples: trials to draw.

    Raises:
        ViolationError: something was found, and the engine confirms it of this server alone.
        SuiteError: Hypothesis is not installed, or the target cannot be tried out.
    """
    control = Control(settings) if settings.controlled else None
    with asyncio.Runner() as runner:
        try:
            found = _found(runner, settings, draft, examples, control)
        finally:
            if control is not None:
                runner.run(control.close())
    if found is not None:
        raise ViolationError(found)


def _found(
    runner: asyncio.Runner,
    settings: SearchSettings,
    draft: int,
    examples: int,
    control: Control | None,
) -> Finding | None:
    station = runner.run(station_of(settings))
    strategy = trials(
        draft,
        transport=settings.transport,
        read_back=settings.target.read_back is not None,
        limits=station.facts(draft).limits,
    )
    tried = _Property(runner, station, draft, tidy=settings.tidy, control=control)
    shown = _first(tried, strategy, examples)
    if shown is None:
        return None
    violation, confirmed = tried.shown[shown]
    return runner.run(_smaller(station, shown, violation, control)) or finding_of(
        shown, violation, confirmed, transport=station.transport, redactor=station.redactor
    )


def _first(tried: _Property, strategy: SearchStrategy[Trial], examples: int) -> Trial | None:
    """Return the simplest trial that shows something, by Hypothesis; None if none does."""
    from hypothesis import HealthCheck, Phase, Verbosity, given
    from hypothesis import settings as hypothesis_settings

    @hypothesis_settings(
        max_examples=examples,
        deadline=None,
        database=None,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
    )
    @given(strategy)
    def nothing_is_wrong(trial: Trial) -> None:
        tried.hold(trial)

    try:
        nothing_is_wrong()
    except _Shown as shown:
        return shown.trial
    return None


async def _smaller(
    station: Station, trial: Trial, violation: Violation, control: Control | None
) -> Finding | None:
    """Drop whole steps, which Hypothesis finds hard, and confirm what is left."""
    investigator = Investigator(
        world=station.world,
        facts=station.facts,
        transport=station.transport,
        redactor=station.redactor,
        over=lambda: False,
        control=control,
    )
    return await investigator.look_into(trial, violation.key)
