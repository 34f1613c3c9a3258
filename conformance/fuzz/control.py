"""The control: what a correct server shows as well accuses nobody.

A check may rest on more than it says, and would then fail wherever it is run. So what was confirmed
is asked of the reference server, too, which is started when there is first something to ask.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conformance.embedded import Embedded
from conformance.engine.embedded_target import as_target
from conformance.fuzz.confirm import confirm
from conformance.fuzz.replay import RUNS
from conformance.fuzz.station import station_of
from conformance.model.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.engine.planning import Station
    from conformance.fuzz.station import SearchSettings
    from conformance.fuzz.trial import Trial
    from conformance.fuzz.view import Violation

#: limits that decide which requests are in order
_LIMITS: Final = ("max-size", "max-append-size", "min-append-size")


class Control:
    """The suite's own reference server, as long as a search lasts.

    One question at a time.

    Attributes:
        trouble: why nothing could be asked; empty if nothing went wrong.
    """

    def __init__(self, settings: SearchSettings) -> None:
        """Prepare it; nothing is started yet.

        Args:
            settings: of the search whose findings it is asked about.
        """
        self.trouble = ""
        self._settings = settings
        self._embedded = Embedded(restartable=False)
        self._starting: asyncio.Task[None] | None = None
        self._stations: dict[tuple[str, int], Station] = {}

    async def shows(self, trial: Trial, violation: Violation, limits: Mapping[str, int]) -> bool:
        """Tell whether the reference server violates the same, always or now and then.

        What it gives nothing to judge about is no violation.

        Args:
            trial: what was found.
            violation: what it is.
            limits: of the target it was found in; the reference server has some if that has.
        """
        for configuration in _configurations(violation, limits):
            try:
                station = await self._station(configuration, trial.draft)
            except (SuiteError, OSError) as error:
                self.trouble = str(error)
                return False
            facts = station.facts(trial.draft)
            for _ in range(RUNS):
                made = await confirm(trial, violation, station.world, facts, station.transport)
                if made.fails is not None:
                    return True
        return False

    async def _station(self, configuration: str, draft: int) -> Station:
        if self._starting is None:
            self._starting = asyncio.create_task(asyncio.to_thread(self._embedded.start))
        await asyncio.shield(self._starting)  # a process half started could not be ended
        known = self._stations.get((configuration, draft))
        if known is None:
            target = as_target(self._embedded.configurations[configuration])
            here = replace(self._settings, target=target, drafts=(draft,), requests=None)
            known = self._stations[configuration, draft] = await station_of(here)
        return known

    async def close(self) -> None:
        """End the server if it was started; may be called again."""
        if self._starting is None:
            return
        await asyncio.gather(self._starting, return_exceptions=True)
        await asyncio.to_thread(self._embedded.close)


def _configurations(violation: Violation, limits: Mapping[str, int]) -> tuple[str, ...]:
    """Return the configurations to ask, by what the target limits.

    The reference server's own limits are others, and may refuse what the target has to take. So the
    one without any is asked as well, unless it is limits that the violation is about.
    """
    if not any(limits.get(each) for each in _LIMITS):
        return ("plain",)
    about_limits = "LIMIT" in violation.requirement or "Upload-Limit" in violation.expect
    return ("limited",) if about_limits else ("limited", "plain")
