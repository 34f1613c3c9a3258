"""From a document to a scenario, and from a scenario to its cases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Node, Scalar, Sequence
from conformance.model.scenario import Case, ContentKind, Scenario, Step
from conformance.model.values import Atom, EndOfContent, Octets, Percent, Size
from conformance.scenario.each import combinations, substitute, variables_in
from conformance.scenario.header import HEADER, MAX_STEPS
from conformance.scenario.keys import Reading, Vocabulary, all_errors, default_vocabulary
from conformance.scenario.references import check_matchers, check_references
from conformance.scenario.setups import SetUp, expand_uses, load_set_ups
from conformance.scenario.steps import read_step
from conformance.scenario.yaml_nodes import parse, read_file
from conformance.syntax.values import describe, read_range

if TYPE_CHECKING:
    from collections.abc import Mapping as AnyMapping
    from pathlib import Path


def load_scenario(path: Path, shown: str = "") -> Scenario:
    """Read the head of a scenario file; its steps stay a document until :func:`expand`.

    Args:
        path: the file.
        shown: its name in messages; the path itself by default.

    Raises:
        ScenarioError: the file is wrong; several mistakes come as ScenarioErrors.
    """
    return read_scenario(read_file(path, shown)[1], path=str(path))


def loads_scenario(source: bytes, file: str = "<text>") -> Scenario:
    """Read the head of a scenario from text; see :func:`load_scenario`."""
    return read_scenario(parse(source, file), path=file)


def read_scenario(document: Node, path: str = "") -> Scenario:
    """Read the head of a scenario from a document."""
    reading = Reading(default_vocabulary())
    if not isinstance(document, Mapping):
        raise ScenarioError(
            f"a scenario must be a mapping, not {describe(document)}",
            document.mark,
            "begin with scenario: profile/topic/name",
        )
    scenario: Scenario | None = HEADER.read(document, reading, path=path)
    reading.raise_problems()
    assert scenario is not None  # noqa: S101 - without mistakes there is a scenario
    _check_variables(scenario)
    return scenario


def _check_variables(scenario: Scenario) -> None:
    used = set(variables_in(scenario.steps))
    for axis in scenario.each:
        if axis.name not in used:
            raise ScenarioError(
                f"the variable {axis.name} of each is not used",
                scenario.steps.mark,
                f"write ${axis.name} in a step, or drop it",
            )


def expand(
    scenario: Scenario,
    vocabulary: Vocabulary | None = None,
    set_ups: AnyMapping[str, SetUp] | None = None,
) -> tuple[Case, ...]:
    """Decode a scenario's steps for every combination of its variables.

    Args:
        scenario: what a file says.
        vocabulary: matchers and requirements; the shipped ones by default.
        set_ups: for ``use:``; those of the scenario's profile by default.

    Raises:
        ScenarioError: a mistake in a step; several come as ScenarioErrors.
    """
    words = default_vocabulary() if vocabulary is None else vocabulary
    sets = load_set_ups(scenario.id.partition("/")[0]) if set_ups is None else set_ups
    problems: list[ScenarioError] = []
    cases: list[Case] = []
    for name, values in combinations(scenario.each):
        try:
            steps = _read_steps(scenario, values, words, sets)
            cases.append(Case(scenario=scenario, name=name, steps=steps))
        except ScenarioError as error:
            problems += all_errors(error)
    if problems:
        Reading(words, problems).raise_problems()
    return tuple(cases)


def expand_set_ups(scenario: Scenario) -> Scenario:
    """Return the scenario with every ``use:`` written out."""
    sets = load_set_ups(scenario.id.partition("/")[0])
    steps = Sequence(expand_uses(scenario.steps.items, sets), scenario.steps.mark)
    return replace(scenario, steps=steps)


def _read_steps(
    scenario: Scenario,
    values: AnyMapping[str, Node],
    vocabulary: Vocabulary,
    set_ups: AnyMapping[str, SetUp],
) -> tuple[Step, ...]:
    nodes = tuple(substitute(step, values) for step in scenario.steps.items)
    nodes = expand_uses(nodes, set_ups)
    if len(nodes) > MAX_STEPS:
        raise ScenarioError(f"more than {MAX_STEPS} steps", nodes[MAX_STEPS].mark)
    reading = Reading(vocabulary)
    read = [read_step(node, reading) for node in nodes]
    check_references(Sequence(nodes), reading)
    _check_names(scenario, reading, read)
    if not reading.problems:
        check_matchers((step for step in read if step is not None), reading)
        _check_ranges(scenario, nodes, reading)
    reading.raise_problems()
    return tuple(step for step in read if step is not None)


def _check_names(scenario: Scenario, reading: Reading, steps: list[Step | None]) -> None:
    variables = {axis.name for axis in scenario.each}
    for step in steps:
        if step is not None and step.name in variables:
            reading.problems.append(
                ScenarioError(
                    f"{step.name} is both a step and a variable of each",
                    step.mark,
                    "rename one of them",
                )
            )


def _check_ranges(scenario: Scenario, steps: tuple[Node, ...], reading: Reading) -> None:
    """Report octets to be sent that the content does not have."""
    content = scenario.content
    if content.kind is ContentKind.GZIP:
        return
    size = content.size if content.kind is ContentKind.GENERATED else len(content.text.encode())
    for step in steps:
        for each in _with_members(step):
            send = each.get("send") if isinstance(each, Mapping) else None
            if isinstance(send, Scalar):
                _check_range(send, size, reading)


def _with_members(step: Node) -> tuple[Node, ...]:
    members = step.get("of") if isinstance(step, Mapping) else None
    return (step, *members.items) if isinstance(members, Sequence) else (step,)


def _check_range(node: Scalar, size: int, reading: Reading) -> None:
    span = read_range(node)
    start, end = constant(span.start, size), constant(span.end, size)
    if end is not None and end > size:
        message, hint = f"{node.value} ends beyond the content of {size} octets", "enlarge content"
    elif start is not None and end is not None and start > end:
        message, hint = f"{node.value} ends before it starts", "write start..end"
    elif start is not None and not 0 <= start <= size:
        message, hint = f"{node.value} starts outside the content of {size} octets", ""
    else:
        return
    reading.problems.append(ScenarioError(message, node.mark, hint))


def constant(size: Size, content: int) -> int | None:
    """Compute a size for a content of so many octets; None if it needs a capture."""
    total = 0
    for sign, atom in size.terms:
        count = _atom(atom, content)
        if count is None:
            return None
        total += sign * count
    if len(size.terms) == 1 and size.terms[0][0] < 0:
        return content + total
    return total


def _atom(atom: Atom, content: int) -> int | None:
    match atom:
        case Octets():
            return atom.count
        case Percent():
            return content * atom.share // 100
        case EndOfContent():
            return content
        case _:
            return None
