"""Style and sense of a scenario beyond its grammar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Mark, Node
from conformance.model.scenario import ExchangeStep, ReadBackStep, RestartStep, TogetherStep, Verb
from conformance.scenario.decode import expand, read_scenario
from conformance.scenario.keys import all_errors
from conformance.scenario.library import NO_SCENARIOS, shown
from conformance.scenario.references import steps_in
from conformance.scenario.setups import SHIPPED, read_set_ups
from conformance.scenario.transports import said_transports
from conformance.scenario.yaml_nodes import explain_error, parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.model.scenario import Case, Scenario, Step

_LONGEST_TITLE = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A mistake with the way it is shown."""

    error: ScenarioError
    text: str


def lint_file(path: Path) -> tuple[Finding, ...]:
    """Check one file; no finding means that it can be run and is well written."""
    try:
        with path.open("rb") as file:
            source = file.read(2 * 1024 * 1024)
    except OSError as error:
        unreadable = ScenarioError(f"{path}: cannot be read: {error.strerror or 'unreadable'}")
        return (Finding(error=unreadable, text=unreadable.message),)
    return tuple(
        Finding(error=error, text=explain_error(error, source)) for error in _mistakes(source, path)
    )


def _mistakes(source: bytes, path: Path) -> tuple[ScenarioError, ...]:
    try:
        document = parse(source, shown(path))
        if path.name in NO_SCENARIOS:
            read_set_ups(document)
            return ()
        scenario = read_scenario(document, str(path))
        cases = expand(scenario)
    except ScenarioError as error:
        return all_errors(error)
    return (*_style(scenario, document, path), *_sense(cases))


def _unsaid_transports(case: Case) -> Iterator[ScenarioError]:
    """Report steps that only one transport can make where no ``needs`` says so."""
    for step in case.steps:
        for each in _flat(step):
            said = {*case.scenario.needs, *getattr(step, "needs", ()), *getattr(each, "needs", ())}
            for transport in said_transports(each):
                if transport not in said:
                    yield ScenarioError(
                        f"step {each.name} can only be made over {transport}, which nothing says",
                        each.mark,
                        f"add needs: {transport}, best to the scenario",
                    )


def _style(scenario: Scenario, document: Node, path: Path) -> Iterator[ScenarioError]:
    entries = document if isinstance(document, Mapping) else Mapping(())
    named = path.resolve()
    if named.is_relative_to(SHIPPED.resolve()):
        wanted = named.relative_to(SHIPPED.resolve()).with_suffix("").as_posix()
    else:
        wanted = f"{scenario.id.rpartition('/')[0]}/{path.stem.removesuffix('.scenario')}"
    if scenario.id != wanted:
        yield ScenarioError(
            f"the id {scenario.id} does not agree with the file's name",
            _value_mark(entries, "scenario"),
            f"write scenario: {wanted}, or rename the file",
        )
    if len(scenario.title) > _LONGEST_TITLE:
        yield ScenarioError(
            f"the title is longer than {_LONGEST_TITLE} characters",
            _value_mark(entries, "title"),
            "say it in one sentence; the rest belongs in why",
        )
    if not scenario.why:
        yield ScenarioError(
            "the scenario does not say why it matters",
            entries.key("title").mark,
            "add why: what a violation does to users",
        )


def _value_mark(entries: Mapping, key: str) -> Mark:
    value = entries.get(key)
    return value.mark if value is not None else entries.mark


def _sense(cases: tuple[Case, ...]) -> Iterator[ScenarioError]:
    seen: set[str] = set()
    for case in cases:
        for error in (*_idle_steps(case), *_unsaid_transports(case)):
            if str(error) not in seen:
                seen.add(str(error))
                yield error


def _idle_steps(case: Case) -> Iterator[ScenarioError]:
    """Report steps that expect nothing and that nothing after them builds on."""
    if not any(_expects(step) for step in case.steps):
        yield ScenarioError("nothing is expected in this scenario", case.scenario.steps.mark)
        return
    for position, step in enumerate(case.steps):
        later = case.steps[position + 1 :]
        busy = isinstance(step, RestartStep) or any(each.set_up for each in _exchanges(step))
        names = {each.name for each in _flat(step)}
        if busy or _expects(step) or names & {name for each in later for name in _speaks_of(each)}:
            continue
        if _acts(step) and any(_expects(each) for each in later):
            continue  # it changes what later steps meet
        yield ScenarioError(
            f"step {step.name} expects nothing and nothing builds on it",
            step.mark,
            "add expect, or drop the step",
        )


def _expects(step: Step) -> bool:
    return any(getattr(each, "expect", ()) for each in _flat(step))


def _acts(step: Step) -> bool:
    """Tell whether a step may change something at the target."""
    if isinstance(step, ReadBackStep):
        return False
    verbs = {each.verb for each in _exchanges(step)}
    return not verbs or not verbs <= {Verb.RETRIEVE, Verb.DISCOVER}


def _flat(step: Step) -> tuple[Step, ...]:
    return (*step.steps, step) if isinstance(step, TogetherStep) else (step,)


def _exchanges(step: Step) -> tuple[ExchangeStep, ...]:
    return tuple(each for each in _flat(step) if isinstance(each, ExchangeStep))


def _speaks_of(step: Step) -> Iterator[str]:
    for each in _flat(step):
        for name in ("of", "over", "repeat_of", "after", "exchange"):
            if value := getattr(each, name, ""):
                yield value
        yield from getattr(each, "given", ())
        yield from steps_in(each)
