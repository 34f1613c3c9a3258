"""The cases a run takes in: the shipped scenarios and the user's own, as far as selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.scenario.decode import expand
from conformance.scenario.keys import ScenarioErrors
from conformance.scenario.library import cited, load_library

if TYPE_CHECKING:
    from conformance.engine.settings import RunSettings
    from conformance.model.scenario import Case


def select_cases(settings: RunSettings) -> tuple[Case, ...]:
    """Return the selected cases in the order of results.

    Raises:
        ScenarioError: a scenario is wrong, or an id is there twice.
    """
    selection = settings.selection
    library = load_library(settings.scenarios)
    if library.errors:
        raise library.errors[0] if len(library.errors) == 1 else ScenarioErrors(library.errors)
    cases = [
        case
        for scenario in library.scenarios
        if scenario.role == "client" and selection.scenario(scenario)
        for case in expand(scenario)
        if selection.case(case) and selection.cites(cited(case))
    ]
    return tuple(sorted(cases, key=lambda case: (case.scenario.id, case.name)))
