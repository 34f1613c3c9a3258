"""From a suspicion to a finding: shown again, shrunk, and confirmed by the engine."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from conformance.fuzz.confirm import Confirmed, confirm
from conformance.fuzz.drive import play
from conformance.fuzz.finding import finding_of
from conformance.fuzz.oracle import judge_played
from conformance.fuzz.shrink import Shrinker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from conformance.engine.redact import Redactor
    from conformance.engine.world import World
    from conformance.fuzz.control import Control
    from conformance.fuzz.finding import Finding
    from conformance.fuzz.trial import Trial
    from conformance.fuzz.view import Violation
    from conformance.model.plan import TargetFacts

#: times a suspicion that could not be confirmed is looked into before it is left alone
_TRIES: Final = 3
#: runs that may show what a race shows only now and then
_RUNS: Final = 3
#: seconds for making one trial smaller
_SHRINK: Final = 15.0


class Investigator:
    """Looks into suspicions, one at a time, each key until it is confirmed or given up.

    Attributes:
        shared: keys of what the reference server shows as well, so that it was not confirmed.
    """

    def __init__(
        self,
        *,
        world: World,
        facts: Callable[[int], TargetFacts],
        transport: str,
        redactor: Redactor,
        over: Callable[[], bool],
        control: Control | None = None,
    ) -> None:
        """Look into what a search comes upon.

        Args:
            world: where the target is.
            facts: its facts by draft.
            transport: ``h1`` or ``h2``.
            redactor: removes secrets.
            over: tells whether the search has ended, so that nothing new is begun.
            control: the server that must not show it; None for doing without.
        """
        self.shared: set[str] = set()
        self._control = control
        self._over = over
        self._world = world
        self._facts = facts
        self._transport = transport
        self._redactor = redactor
        self._tries: dict[str, int] = {}
        self._done: set[str] = set()
        self._busy: set[str] = set()
        self._one = asyncio.Semaphore(1)

    def wants(self, key: str) -> bool:
        """Tell whether a suspicion is worth looking into."""
        known = key in self._done or key in self._busy
        return not known and self._tries.get(key, 0) < _TRIES

    async def look_into(self, trial: Trial, key: str) -> Finding | None:
        """Return the finding a suspicion turns out to be; None if the engine does not confirm it.

        Raises:
            BoundReached: the bound on requests is reached.
        """
        self._busy.add(key)
        self._tries[key] = self._tries.get(key, 0) + 1
        try:
            async with self._one:
                if self._over():
                    return None
                found = await self._confirmed(trial, key)
        finally:
            self._busy.discard(key)
        if found is not None:
            self._done.add(key)
        return found

    async def _confirmed(self, trial: Trial, key: str) -> Finding | None:
        shown: dict[Trial, Violation] = {}

        async def shows(candidate: Trial) -> bool:
            violation = await self._again(candidate, key)
            if violation is not None:
                shown[candidate] = violation
            return violation is not None

        if not await self._first_again(trial, shows):
            return None
        small = await Shrinker(shows, until=time.monotonic() + _SHRINK).shrink(trial)
        for candidate in dict.fromkeys((small, trial)):
            violation = shown[candidate]
            for _ in range(_RUNS):
                confirmed = await self._judged(candidate, violation)
                if confirmed is not None and confirmed.fails is not None:
                    if await self._is_shared(candidate, violation):
                        break
                    return finding_of(
                        candidate,
                        violation,
                        confirmed,
                        transport=self._transport,
                        redactor=self._redactor,
                        drawn=len(trial.steps),
                    )
        return None

    async def _is_shared(self, trial: Trial, violation: Violation) -> bool:
        if self._control is None:
            return False
        limits = self._facts(trial.draft).limits
        shared = await self._control.shows(trial, violation, limits)
        if shared:
            self.shared.add(violation.key)
        return shared

    async def _first_again(self, trial: Trial, shows: Callable[[Trial], Awaitable[bool]]) -> bool:
        for _ in range(_RUNS):
            if await shows(trial):
                return True
        return False

    async def _again(self, trial: Trial, key: str) -> Violation | None:
        facts = self._facts(trial.draft)
        played = await play(trial, self._world, facts, self._transport)
        return next((each for each in judge_played(played) if each.key == key), None)

    async def _judged(self, trial: Trial, violation: Violation) -> Confirmed | None:
        facts = self._facts(trial.draft)
        confirmed = await confirm(trial, violation, self._world, facts, self._transport)
        return confirmed if confirmed.fails is not None else None
