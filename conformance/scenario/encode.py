"""Scenarios written back as files, and scenarios made from typed steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.model.node import Sequence
from conformance.model.scenario import Scenario
from conformance.scenario.decode import expand_set_ups
from conformance.scenario.header import HEADER
from conformance.scenario.steps import write_step
from conformance.scenario.yaml_write import write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.model.scenario import Step


def dump(scenario: Scenario, *, schema: str = "", expanded: bool = False) -> str:
    """Write a scenario as a file that reads back as the same scenario.

    Args:
        scenario: what to write.
        schema: path or URL of the JSON Schema, named in a line that editors look for.
        expanded: write out what ``use:`` stands for.
    """
    shown = expand_set_ups(scenario) if expanded else scenario
    modeline = f"# yaml-language-server: $schema={schema or '../../scenario.schema.json'}\n"
    return modeline + write(HEADER.write(shown))


def scenario_from_steps(
    scenario_id: str, title: str, steps: Iterable[Step], **header: Any
) -> Scenario:
    """Make a scenario from typed steps, so that what a program found becomes a file.

    Args:
        scenario_id: ``profile/topic/name``.
        title: one sentence.
        steps: steps, in order.
        header: further attributes of :class:`Scenario`.
    """
    written = Sequence(tuple(write_step(step) for step in steps))
    return Scenario(id=scenario_id, title=title, steps=written, **header)
