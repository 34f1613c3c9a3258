"""``resumable scenario``: check, list, explain and begin scenario files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

from conformance.model.errors import ScenarioError
from conformance.model.plan import Plan, TargetFacts
from conformance.profiles.rufh import registry
from conformance.profiles.rufh.capabilities import TARGET_CAPABILITIES, TRANSPORT_CAPABILITIES
from conformance.profiles.rufh.drafts import DRAFTS
from conformance.scenario.decode import expand, load_scenario
from conformance.scenario.explain import explain_plan
from conformance.scenario.keys import all_errors
from conformance.scenario.library import Library, files_in, load_library, shown
from conformance.scenario.lint import lint_file
from conformance.scenario.planner import NotPlanned, plan_case
from conformance.scenario.template import new_scenario
from conformance.scenario.yaml_nodes import explain_error

if TYPE_CHECKING:
    from conformance.model.scenario import Case

_DRAFT: Final = click.Choice([str(number) for number in DRAFTS])
_TRANSPORTS: Final = tuple(TRANSPORT_CAPABILITIES)
_HTTP: Final = click.Choice(_TRANSPORTS)
_BROKEN: Final = 2
#: a made-up target that has everything, so that nothing is left out
_EVERYTHING: Final = TargetFacts(
    url="http://server.example/uploads",
    path="/uploads",
    authority="server.example",
    origin="http://server.example",
    capabilities=frozenset(TARGET_CAPABILITIES),
)


@click.group()
def scenario() -> None:
    """Check, list, explain and write scenarios."""


@scenario.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def lint(files: tuple[Path, ...]) -> None:
    """Check scenario FILES (or folders of them); every mistake is shown with its place."""
    found = 0
    checked = 0
    for path in files:
        try:
            inside = files_in(path)
        except ScenarioError as error:
            click.echo(str(error), err=True)
            found += 1
            continue
        for file in inside:
            checked += 1
            for finding in lint_file(file):
                click.echo(finding.text, err=True)
                found += 1
    if found:
        mistakes = "1 mistake" if found == 1 else f"{found} mistakes"
        click.echo(f"{mistakes} in {_files(checked)}", err=True)
        sys.exit(_BROKEN)
    click.echo(f"{_files(checked)}, no mistakes")


@scenario.command(name="list")
@click.option("--topic", default="*", help="Only scenarios of this topic (glob).")
@click.option("--requirement", default="*", help="Only cases that check this requirement (glob).")
@click.option("--draft", type=_DRAFT, help="Only cases that are judged in this draft.")
@click.option(
    "--scenarios",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Folders or files beside the shipped ones.",
)
def list_(topic: str, requirement: str, draft: str | None, paths: tuple[Path, ...]) -> None:
    """List cases: id and title."""
    library = load_library(paths)
    try:
        cases = list(library.select(topic=topic, requirement=requirement))
    except ScenarioError as error:
        _stop(error)
    for case in cases:
        if draft is None or isinstance(_planned(case, int(draft), _TRANSPORTS), Plan):
            click.echo(f"{case.id}\n    {case.scenario.title}")
    for mistake in library.errors:
        click.echo(str(mistake), err=True)
    if library.errors:
        sys.exit(_BROKEN)


@scenario.command()
@click.argument("id_or_file")
@click.option("--draft", type=_DRAFT, help="Only this draft; by default the newest that applies.")
@click.option("--every-draft", is_flag=True, help="Every draft in which it is judged.")
@click.option(
    "--http", type=_HTTP, help="HTTP/1.1 or HTTP/2; by default the first over which it runs."
)
def explain(id_or_file: str, draft: str | None, every_draft: bool, http: str | None) -> None:
    """Show the exact octets or frames of a scenario or case, and what is checked, offline."""
    cases = _find(id_or_file)
    rows = registry.load()
    numbers = [int(draft)] if draft is not None else sorted(DRAFTS, reverse=True)
    for case in cases:
        reasons: list[str] = []
        for number in numbers:
            plan = _planned(case, number, (http,) if http else _TRANSPORTS)
            if isinstance(plan, NotPlanned):
                reasons.append(plan.reason)
                continue
            click.echo(explain_plan(plan, rows))
            if not every_draft:
                break
        if len(reasons) == len(numbers):
            click.echo(f"{case.id}: not run: {reasons[0]}\n")


@scenario.command()
@click.argument("path", type=click.Path(path_type=Path))
def new(path: Path) -> None:
    """Write a commented scenario to begin with to PATH."""
    try:
        text = new_scenario(path)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except ScenarioError as error:
        _stop(error)
    except OSError as error:
        _stop(ScenarioError(f"{path}: {error.strerror or 'cannot be written'}"))
    click.echo(f"wrote {path}; check it with: resumable scenario lint {path}")


def _planned(case: Case, draft: int, transports: tuple[str, ...]) -> Plan | NotPlanned:
    """Plan a case over the first transport that it can be made over."""
    rows = registry.load()
    made = [plan_case(case, draft, each, _EVERYTHING, rows) for each in transports]
    return next((plan for plan in made if isinstance(plan, Plan)), made[0])


def _find(id_or_file: str) -> tuple[Case, ...]:
    path = Path(id_or_file)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        try:
            return expand(load_scenario(path, shown(path)))
        except ScenarioError as error:
            _stop(error)
    library: Library = load_library()
    try:
        found = tuple(library.select(only=id_or_file))
    except ScenarioError as error:
        _stop(error)
    if not found:
        near = [each.id for each in library.scenarios if id_or_file.strip("*/") in each.id][:3]
        hint = f"did you mean {', '.join(near)}?" if near else "resumable scenario list tells all"
        _stop(ScenarioError(f"there is no scenario {id_or_file}", remedy=hint))
    return found


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _stop(error: ScenarioError) -> NoReturn:
    """Show mistakes with their lines and end the command."""
    for each in all_errors(error):
        source = b""
        if each.mark is not None:
            try:
                source = Path(each.mark.file).read_bytes()
            except OSError:
                source = b""
        click.echo(explain_error(each, source), err=True)
    sys.exit(_BROKEN)
