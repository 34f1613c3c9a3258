"""The cases a run takes in: the shipped scenarios and the user's own, as far as selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.model.errors import ScenarioError
from conformance.model.scenario import TogetherStep
from conformance.scenario.decode import expand, load_scenario
from conformance.scenario.setups import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from conformance.engine.settings import RunSettings
    from conformance.model.scenario import Case, Scenario

_SET_UPS = "set-ups.yaml"


def select_cases(settings: RunSettings) -> tuple[Case, ...]:
    """Return the selected cases in the order of results.

    Raises:
        ScenarioError: a scenario is wrong, or an id is there twice.
    """
    selection = settings.selection
    cases = [
        case
        for scenario in _scenarios(settings.scenarios)
        if scenario.role == "client" and selection.scenario(scenario)
        for case in expand(scenario)
        if selection.case(case) and selection.cites(requirements_of(case))
    ]
    return tuple(sorted(cases, key=lambda case: (case.scenario.id, case.name)))


def requirements_of(case: Case) -> frozenset[str]:
    """Return the requirements a case cites."""
    found: set[str] = set()
    for step in case.steps:
        members = step.steps if isinstance(step, TogetherStep) else ()
        for each in (step, *members):
            found |= {check.requirement for check in getattr(each, "expect", ())}
    return frozenset(found)


def _scenarios(own: Iterable[Path]) -> Iterator[Scenario]:
    seen: dict[str, str] = {}
    for path in (*_files(SHIPPED), *(file for each in own for file in _files(each))):
        scenario = load_scenario(path)
        if scenario.id in seen:
            raise ScenarioError(
                f"{path}: the scenario {scenario.id} is already in {seen[scenario.id]}",
                None,
                "give it an id of its own",
            )
        seen[scenario.id] = str(path)
        yield scenario


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(each for each in path.rglob("*.yaml") if each.name != _SET_UPS)
