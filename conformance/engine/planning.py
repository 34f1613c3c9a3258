"""From settings and what the target showed to the cases that will run."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance.engine.attempt import PreparedCase
from conformance.engine.drafts_seen import limit_capabilities
from conformance.engine.liveness import Liveness
from conformance.engine.results import case_result
from conformance.engine.uploads import origin_of, path_of
from conformance.model.errors import SuiteError
from conformance.model.outcome import Ground, Outcome
from conformance.model.plan import Plan, TargetFacts
from conformance.model.scenario import RestartStep
from conformance.profiles.rufh import capabilities, registry
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.scenario.planner import NotPlanned, plan_case

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.engine.redact import Redactor
    from conformance.engine.sanity import Examined
    from conformance.engine.select import Selection
    from conformance.engine.target import Target
    from conformance.engine.world import World
    from conformance.model.result import CaseResult
    from conformance.model.scenario import Case

#: what a target has unless it is declared or shown otherwise
_USUAL = frozenset({"cancellation", "ordinary-uploads", "length-optional"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A target that has been tried out and can be run against.

    Attributes:
        target: what the user says.
        examined: what it showed.
        world: what its plans share.
        redactor: removes its secrets.
        scale: factor on every waiting.
        transport: over which it was tried out and will be run against.
    """

    target: Target
    examined: Examined
    world: World
    redactor: Redactor
    scale: float = 1.0
    transport: str = "h1"
    liveness: Liveness = field(default_factory=Liveness, compare=False, repr=False)
    words: Iterator[str] = field(default_factory=lambda: _words(), compare=False, repr=False)

    def facts(self, draft: int) -> TargetFacts:
        """Return what a plan needs to know, with a creation URL of its own."""
        target = self.target
        url = target.url_with(next(self.words))
        limits = self.limits(draft)
        origin = origin_of(url)
        other = {name.lower(): value for name, value in target.other_fields}
        return TargetFacts(
            url=url,
            path=path_of(url),
            authority=origin.partition("://")[2],
            origin=origin,
            method=target.method,
            media_type=target.media_type,
            fields=target.fields,
            prefix=target.prefix,
            suffix=target.suffix,
            limits=limits,
            capabilities=self.capabilities(draft),
            scale=self.scale,
            second_user=other.get("authorization", ""),
        )

    def limits(self, draft: int) -> Mapping[str, int]:
        """Return the limits declared, and over them those told in a draft."""
        told = self.examined.facts.get(draft)
        return {**self.target.limits, **(told.limits if told is not None else {})}

    def capabilities(self, draft: int) -> frozenset[str]:
        """Return what the target can do in a draft: declared, shown, or usual."""
        found = self.target.declared | limit_capabilities(
            self.limits(draft), limits_exist=DRAFTS[draft].has("limits")
        )
        if self.target.url.startswith("https:"):
            found |= {"tls"}
        told = self.examined.facts.get(draft)
        found |= _USUAL
        if told is not None and "max-size" in told.limits:
            found |= {"max-size-told"}
        if told is not None and told.no_cancellation:
            found -= {"cancellation"}
        if told is not None and told.length_demanded:
            found -= {"length-optional"}
        if self.examined.refuses_ordinary:
            found -= {"ordinary-uploads"}
        return frozenset(found - self.target.lacks)

    def ground(self, capability: str) -> Ground:
        """Return why the target has not a capability: declared (or not), or shown."""
        if capability in self.target.lacks or capability not in capabilities.SHOWN:
            return Ground.DECLARED
        return Ground.SHOWN


def _words() -> Iterator[str]:
    start = secrets.token_hex(6)
    return (f"{start}-{number}" for number in itertools.count())


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is going to run, and what is not.

    Attributes:
        cases: ready to run, in the order of results.
        aside: results of cases that do not apply to the target.
    """

    cases: tuple[PreparedCase, ...]
    aside: tuple[CaseResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One transport of the system under test.

    Attributes:
        transport: ``h1`` or ``h2``.
        stations: the targets, tried out over it.
        drafts: drafts to judge over it.
    """

    transport: str
    stations: tuple[Station, ...]
    drafts: tuple[int, ...]


def plan_all(cases: Iterable[Case], sites: Iterable[Site], selection: Selection) -> Planned:
    """Plan every selected case over every transport in every draft.

    Raises:
        SuiteError: nothing at all is selected.
    """
    ready: list[PreparedCase] = []
    aside: list[CaseResult] = []
    places = [(site, draft) for site in sites for draft in site.drafts]
    for case in cases:
        for site, draft in places:
            station = choose(case, site.stations, draft)
            made = _plan(case, draft, site.transport, station)
            if isinstance(made, Plan):
                if selection.plan(made):
                    ready.append(_prepared(made, case, station))
            elif made.by_target and _selected(case, selection):
                aside.append(_not_applicable(case, draft, site.transport, made, station))
    if not ready and not aside:
        raise SuiteError(
            f"nothing is selected ({selection.words or 'no scenarios'}); "
            "resumable run --list shows what there is"
        )
    ready.sort(key=lambda each: _order(each.plan.case, each.plan.draft, each.plan.transport))
    return Planned(cases=tuple(ready), aside=tuple(aside))


def _order(case: Case, draft: int, transport: str) -> tuple[str, str, int, str]:
    return case.scenario.id, case.name, draft, transport


def _selected(case: Case, selection: Selection) -> bool:
    # without a plan nothing is known of the requirements it would have cited
    return not selection.requirements and selection.case(case)


def choose(case: Case, stations: tuple[Station, ...], draft: int) -> Station:
    """Return the first target that offers what a case needs of a target; else the first."""
    needs = {name for name in case.scenario.needs if capabilities.of_target(name)}
    fitting = (each for each in stations if needs <= each.capabilities(draft))
    return next(fitting, stations[0])


def _plan(case: Case, draft: int, transport: str, station: Station) -> Plan | NotPlanned:
    return plan_case(case, draft, transport, station.facts(draft), registry.load())


def _prepared(plan: Plan, case: Case, station: Station) -> PreparedCase:
    def again() -> Plan:
        if "{unique}" not in station.target.url:
            return plan
        made = _plan(case, plan.draft, plan.transport, station)
        return made if isinstance(made, Plan) else plan

    restarts = any(isinstance(step, RestartStep) for step in plan.steps)
    return PreparedCase(
        plan=plan,
        again=again,
        world=station.world,
        redactor=station.redactor,
        liveness=station.liveness,
        alone=restarts and bool(station.target.restart),
    )


def _not_applicable(
    case: Case, draft: int, transport: str, why: NotPlanned, station: Station
) -> CaseResult:
    cause = why.reason
    if why.capability:
        name = why.capability
        cause = f"needs {name} ({capabilities.meaning(name)}), {station.ground(name)}"
    return case_result(case, draft, transport, Outcome.NOT_APPLICABLE, cause)
