"""Named set-ups: steps that many scenarios begin with, kept in one file of the profile.

A set-up names its upload step ``$as``; ``use: fresh-upload`` puts the steps in its place, with
``as: up`` choosing the name (``up`` by default). Further steps of a set-up carry names made from
it, such as ``${as}-seen``, so that one scenario can use a set-up twice.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import conformance
from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Node, Scalar, Sequence
from conformance.scenario.each import substitute
from conformance.scenario.keys import nearest, unknown_key
from conformance.scenario.readers import step_name
from conformance.scenario.yaml_nodes import read_file
from conformance.syntax.values import describe, scalar_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as AnyMapping

#: folder of the shipped scenarios
SHIPPED: Final = Path(conformance.__file__).parent.parent / "scenarios"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """A named list of steps.

    Attributes:
        title: what holds after it, one sentence.
        steps: the steps, with ``$as`` for the name of the upload step.
    """

    title: str
    steps: tuple[Node, ...]


@functools.cache
def load_set_ups(profile: str = "rufh") -> AnyMapping[str, SetUp]:
    """Read the set-ups of a profile; none if it has no such file.

    Raises:
        ScenarioError: the file is wrong.
    """
    path = SHIPPED / profile / "set-ups.yaml"
    return read_set_ups(read_file(path)[1]) if path.is_file() else {}


def read_set_ups(document: Node) -> AnyMapping[str, SetUp]:
    """Read the document of a set-ups file."""
    sets = document.get("set-ups") if isinstance(document, Mapping) else None
    if not isinstance(sets, Mapping):
        raise ScenarioError("a set-ups file begins with set-ups:", document.mark)
    return {name: _read_set_up(node) for name, node in sets}


def _read_set_up(node: Node) -> SetUp:
    title = node.get("title") if isinstance(node, Mapping) else None
    steps = node.get("steps") if isinstance(node, Mapping) else None
    if title is None or not isinstance(steps, Sequence) or not steps.items:
        raise ScenarioError("a set-up needs title and steps", node.mark)
    return SetUp(title=scalar_text(title, "title"), steps=steps.items)


def expand_uses(steps: Iterable[Node], set_ups: AnyMapping[str, SetUp]) -> tuple[Node, ...]:
    """Put the steps of set-ups where ``use:`` stands.

    Raises:
        ScenarioError: no such set-up, or an unknown key beside ``use``.
    """
    expanded: list[Node] = []
    for step in steps:
        if isinstance(step, Mapping) and step.entries and step.entries[0][0].value == "use":
            expanded += _expand(step, set_ups)
        else:
            expanded.append(step)
    return tuple(expanded)


def _expand(step: Mapping, set_ups: AnyMapping[str, SetUp]) -> list[Node]:
    for name, _ in step.entries:
        if name.value not in ("use", "as"):
            raise unknown_key("use", name, {"use": None, "as": None})
    used = step.entries[0][1]
    if not isinstance(used, Scalar):
        raise ScenarioError(f"use must name a set-up, not {describe(used)}", used.mark)
    found = set_ups.get(str(used.value))
    if found is None:
        hint = nearest(str(used.value), set_ups) or f"known are {', '.join(set_ups) or 'none'}"
        raise ScenarioError(f"there is no set-up {str(used.value)[:60]!r}", used.mark, hint)
    wanted = step.get("as")
    upload = step_name(wanted) if wanted is not None else "up"
    values = {"as": Scalar(upload, (wanted or step).mark)}
    return [substitute(each, values) for each in found.steps]
