"""Which tests there are, told without a network: every selected case in every draft it suits.

What the target at hand lacks is found out later; such a test is skipped with its ground.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.engine.cases import select_cases
from conformance.model.plan import Plan, TargetFacts
from conformance.profiles.rufh import registry
from conformance.profiles.rufh.capabilities import TARGET_CAPABILITIES
from conformance.scenario.decode import expand, load_scenario
from conformance.scenario.library import shown
from conformance.scenario.planner import plan_case

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from conformance.engine.settings import RunSettings
    from conformance.model.scenario import Case

#: a target that can do everything, so that only the draft decides
_ABLE = TargetFacts(
    url="http://127.0.0.1/",
    path="/",
    authority="127.0.0.1",
    origin="http://127.0.0.1",
    capabilities=frozenset(TARGET_CAPABILITIES),
    second_user="Bearer other",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One test.

    Attributes:
        id: id of the plan and of its result, ``scenario[/case]/draft/transport``.
        case: what the file says.
        draft: draft number.
        transport: ``h1`` or ``h2``.
        requirements: what its checks cite.
    """

    id: str
    case: Case
    draft: int
    transport: str
    requirements: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the stable name of the test."""
        case = f"{self.case.name}-" if self.case.name else ""
        return f"{self.case.scenario.id}[{case}draft{self.draft}-{self.transport}]"


def list_shipped(settings: RunSettings, drafts: Iterable[int]) -> tuple[Listed, ...]:
    """Return the tests of the shipped scenarios, in the order of results.

    Raises:
        ScenarioError: a scenario is wrong.
    """
    return tuple(_listed(select_cases(replace(settings, scenarios=())), settings, drafts))


def list_file(path: Path, settings: RunSettings, drafts: Iterable[int]) -> tuple[Listed, ...]:
    """Return the tests of a file of the user's own.

    Raises:
        ScenarioError: the file is wrong, with the place.
    """
    scenario = load_scenario(path, shown(path))
    if scenario.role != "client" or not settings.selection.scenario(scenario):
        return ()
    return tuple(_listed(expand(scenario), settings, drafts))


def _listed(
    cases: Iterable[Case], settings: RunSettings, drafts: Iterable[int]
) -> Iterator[Listed]:
    rows = registry.load()
    places = [(draft, transport) for draft in drafts for transport in settings.transports]
    for case in cases:
        for draft, transport in places:
            plan = plan_case(case, draft, transport, _ABLE, rows)
            if isinstance(plan, Plan) and settings.selection.plan(plan):
                cited = dict.fromkeys(each.check.requirement for each in plan.checks)
                yield Listed(
                    id=plan.id,
                    case=case,
                    draft=draft,
                    transport=plan.transport,
                    requirements=tuple(cited),
                )
