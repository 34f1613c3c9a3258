"""The search: many trials side by side, each judged, what they show shrunk and confirmed."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from conformance.engine.world import BoundReached
from conformance.fuzz.choices import SeededChoices
from conformance.fuzz.control import Control
from conformance.fuzz.drive import DEAD, Played, play
from conformance.fuzz.fetching import Fetcher
from conformance.fuzz.grammar import LARGEST, draw
from conformance.fuzz.investigate import Investigator
from conformance.fuzz.oracle import judge_played
from conformance.fuzz.station import LANES, SearchSettings, station_of
from conformance.model.errors import TargetError
from conformance.profiles.rufh.drafts import DRAFTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.engine.planning import Station
    from conformance.fuzz.finding import Finding
    from conformance.fuzz.trial import Trial
    from conformance.model.plan import TargetFacts

#: errors of the suite after which a search is given up
_TOO_MANY: Final = 5
_TOLD_EVERY: Final = 0.5
#: seconds after its time for what a search has under way: a slow trial, a finding being shrunk
_GRACE: Final = 20.0
#: the standing rules speak of every message, so they are held against all of the first trials, and
#: then against a sample: they cost as much as everything else that judges
_THOROUGH: Final = 300
_SAMPLED: Final = 8


@dataclass(slots=True, kw_only=True)
class Search:
    """What a search has come to so far.

    Attributes:
        drafts: drafts spoken.
        seconds, requests, trials: what was spent.
        findings: what was found, in order.
        unconfirmed: suspicions that could not be confirmed, with how often they came up.
        shared: those of them that the reference server shows as well.
        errors: mistakes of ours, in words.
        stopped: why it ended before its bound; empty if it did not.
    """

    drafts: tuple[int, ...] = ()
    seconds: float = 0.0
    requests: int = 0
    trials: int = 0
    findings: list[Finding] = field(default_factory=list)
    unconfirmed: dict[str, int] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    stopped: str = ""


class _Searcher:
    """One search while it goes on."""

    def __init__(
        self, settings: SearchSettings, station: Station, tell: Callable[[Search], None]
    ) -> None:
        self._settings = settings
        self._station = station
        self._world = station.world
        self._tell = tell
        self._began = time.monotonic()
        self._told = 0.0
        self._next = 0
        self._dead = 0
        self._ending = asyncio.Event()
        self._facts: dict[int, TargetFacts] = {}
        self.search = Search(drafts=tuple(station.examined.drafts))
        self._control = Control(settings) if settings.controlled else None
        self._investigator = Investigator(
            world=self._world,
            facts=self.facts,
            transport=settings.transport,
            redactor=station.redactor,
            over=self._over,
            control=self._control,
        )

    def facts(self, draft: int) -> TargetFacts:
        """Return the target's facts in a draft, with a creation URL of its own if it wants one."""
        if "{unique}" in self._settings.target.url:
            return self._station.facts(draft)
        known = self._facts.get(draft)
        if known is None:
            known = self._facts[draft] = self._station.facts(draft)
        return known

    async def run(self) -> Search:
        lanes = [asyncio.create_task(self._lane()) for _ in range(self._settings.lanes)]
        bound = self._settings.seconds
        try:
            await asyncio.wait(lanes, timeout=None if bound is None else bound + _GRACE)
        finally:
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)
            await self._end_control()
            self._count()
            self._tell(self.search)
        return self.search

    async def _end_control(self) -> None:
        if self._control is None:
            return
        if self._control.trouble:
            self.search.errors.append(
                f"findings were not held against the reference server: {self._control.trouble}"
            )
        await self._control.close()

    def _count(self) -> None:
        self.search.seconds = time.monotonic() - self._began
        self.search.requests = self._world.counters.requests

    def _over(self) -> bool:
        bound = self._settings.seconds
        late = bound is not None and time.monotonic() - self._began >= bound
        return late or self._ending.is_set()

    async def _lane(self) -> None:
        fetcher = Fetcher(self._world, self._settings.transport)
        try:
            await self._trials(fetcher)
        finally:
            await fetcher.close()

    async def _trials(self, fetcher: Fetcher) -> None:
        while not self._over():
            number, self._next = self._next, self._next + 1
            try:
                await self._trial(number, fetcher)
            except BoundReached as bound:
                self.search.stopped = f"the bound of {bound.what} is reached"
                self._ending.set()
            except Exception as error:  # a mistake of ours in one trial must not end a search
                self._failed(number, error)

    def _failed(self, number: int, error: Exception) -> None:
        words = self._station.redactor.text(f"{type(error).__name__}: {error}")
        self.search.errors.append(f"trial {self._settings.seed}/{number}: {words}"[:300])
        if len(self.search.errors) >= _TOO_MANY:
            self.search.stopped = "too many errors of the suite"
            self._ending.set()

    def draw(self, number: int) -> Trial:
        """Return a trial of this search by its number."""
        settings = self._settings
        origin = f"{settings.seed}/{number}"
        draft = self.search.drafts[number % len(self.search.drafts)]
        return draw(
            SeededChoices(random.Random(origin)),
            DRAFTS[draft],
            seed=f"fuzz-{number % 64}",
            transport=settings.transport,
            read_back=settings.target.read_back is not None,
            limits=self.facts(draft).limits,
            origin=origin,
        )

    async def _trial(self, number: int, fetcher: Fetcher) -> None:
        trial = self.draw(number)
        played = await play(
            trial,
            self._world,
            self.facts(trial.draft),
            self._settings.transport,
            tidy=self._settings.tidy,
            fetcher=fetcher,
        )
        self.search.trials += 1
        self._watch(played, number)
        thorough = number < _THOROUGH or number % _SAMPLED == 0 or trial.content.size > LARGEST
        for violation in judge_played(played, standing_rules=thorough):
            if not self._over():
                await self._suspect(trial, violation.key)
        now = time.monotonic()
        if now - self._told >= _TOLD_EVERY:
            self._told = now
            self._count()
            self._tell(self.search)

    def _watch(self, played: Played, number: int) -> None:
        """Notice when the target has died."""
        self._dead = self._dead + 1 if played.refused else 0
        if self._dead >= DEAD:
            self.search.stopped = (
                "the target takes no connection any more; what it got last were the trials "
                f"up to {self._settings.seed}/{number}"
            )
            self._ending.set()

    async def _suspect(self, trial: Trial, key: str) -> None:
        if not self._investigator.wants(key):
            return
        found = await self._investigator.look_into(trial, key)
        if found is None:
            if self._over():
                return  # there was no time left to be sure of it
            self.search.unconfirmed[key] = self.search.unconfirmed.get(key, 0) + 1
            if key in self._investigator.shared:
                self.search.shared.add(key)
            return
        self.search.unconfirmed.pop(key, None)
        self.search.shared.discard(key)
        self._count()
        self.search.findings.append(
            replace(found, seconds=self.search.seconds, requests=self.search.requests)
        )
        self._tell(self.search)
        if self._settings.first:
            self.search.stopped = "the first finding was all that was asked for"
            self._ending.set()


async def search(settings: SearchSettings, tell: Callable[[Search], None] | None = None) -> Search:
    """Search until a bound is reached; ``tell`` hears of the progress now and then.

    Raises:
        TargetError: the target cannot be judged at all.
        SuiteError: the bound on requests does not even allow to try it out.
    """
    try:
        station = await station_of(settings)
    except BoundReached as bound:
        raise TargetError(
            f"the bound of {bound.what} does not even allow to try the target out"
        ) from None
    return await _Searcher(settings, station, tell or _silent).run()


def _silent(_search: Search) -> None:
    """Tell nobody."""


__all__ = ["LANES", "Search", "SearchSettings", "search", "station_of"]
