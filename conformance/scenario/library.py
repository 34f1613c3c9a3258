"""Finding scenarios: the shipped ones, folders and files of the user."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.model.errors import ScenarioError
from conformance.scenario.decode import expand, load_scenario
from conformance.scenario.keys import all_errors
from conformance.scenario.setups import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.model.scenario import Case, Scenario

#: names of files beside scenarios that are none
NO_SCENARIOS = frozenset({"set-ups.yaml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Scenarios that could be read, and the mistakes in those that could not.

    Attributes:
        scenarios: in order of id.
        errors: mistakes, in order of file.
    """

    scenarios: tuple[Scenario, ...]
    errors: tuple[ScenarioError, ...] = field(default=())

    def select(
        self, *, only: str = "*", topic: str = "*", requirement: str = "*"
    ) -> Iterator[Case]:
        """Yield cases whose scenario matches, all by glob.

        Args:
            only: id of the scenario or the case.
            topic: topic of the scenario.
            requirement: one of the requirements the case cites.

        Raises:
            ScenarioError: a step of a matching scenario is wrong.
        """
        for scenario in self.scenarios:
            if not fnmatchcase(scenario.topic, topic):
                continue
            for case in expand(scenario):
                named = fnmatchcase(case.id, only) or fnmatchcase(scenario.id, only)
                if named and any(fnmatchcase(each, requirement) for each in cited(case)):
                    yield case


def cited(case: Case) -> tuple[str, ...]:
    """Return the requirements a case's checks cite, in order of first appearance."""
    found: dict[str, None] = {}
    for step in case.steps:
        members = getattr(step, "steps", ())
        for each in (*members, step):
            found |= dict.fromkeys(check.requirement for check in getattr(each, "expect", ()))
    return tuple(found)


def shipped_files() -> tuple[Path, ...]:
    """Return the shipped scenario files, in order of path."""
    return files_in(SHIPPED)


def files_in(path: Path) -> tuple[Path, ...]:
    """Return the scenario files of a folder in order of path, or the file itself.

    Raises:
        ScenarioError: there is no such file or folder, or a folder without scenarios.
    """
    if path.is_file():
        return (path,)
    if not path.is_dir():
        raise ScenarioError(f"{path}: there is no such file or folder")
    found = sorted(
        file
        for pattern in ("*.yaml", "*.yml")
        for file in path.rglob(pattern)
        if file.name not in NO_SCENARIOS and not file.name.startswith(".")
    )
    if not found:
        raise ScenarioError(f"{path}: no scenario in this folder", remedy="they end in .yaml")
    return tuple(found)


def load_library(paths: Iterable[Path] = (), *, shipped: bool = True) -> Library:
    """Read the heads of scenarios; steps are decoded when they are asked for.

    Args:
        paths: folders and files beside the shipped ones.
        shipped: read the shipped ones too.
    """
    scenarios: dict[str, Scenario] = {}
    errors: list[ScenarioError] = []
    files: list[Path] = list(shipped_files()) if shipped else []
    for path in paths:
        try:
            files += files_in(path)
        except ScenarioError as error:
            errors.append(error)
    for file in dict.fromkeys(files):
        try:
            scenario = _known(file, shown(file), _state(file))
        except ScenarioError as error:
            errors += all_errors(error)
            continue
        other = scenarios.setdefault(scenario.id, scenario)
        if other is not scenario:
            errors.append(
                ScenarioError(f"{shown(file)}: {scenario.id} is already in {shown(other.path)}")
            )
    ordered = tuple(scenarios[name] for name in sorted(scenarios))
    return Library(scenarios=ordered, errors=tuple(errors))


@lru_cache(maxsize=1024)
def _known(file: Path, name: str, _state: tuple[int, int]) -> Scenario:
    """Read a scenario file, unless it has been read in this state before."""
    return load_scenario(file, name)


def _state(file: Path) -> tuple[int, int]:
    try:
        told = file.stat()
    except OSError:
        return 0, 0  # reading it will say what is wrong
    return told.st_mtime_ns, told.st_size


def shown(path: Path | str) -> str:
    """Return a path as messages show it: relative to here if it is below."""
    path = Path(path)
    try:
        folder = _below(path.parent, Path.cwd())
    except OSError:  # the folder we are in is gone
        return str(path)
    return str(path) if folder is None else str(folder / path.name)


@lru_cache(maxsize=64)
def _below(folder: Path, here: Path) -> Path | None:
    """Return a folder relative to another it is below; None if it is not."""
    try:
        return folder.resolve().relative_to(here)
    except (ValueError, OSError):
        return None
