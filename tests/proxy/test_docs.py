"""The page on the proxy names everything there is, and its example is a plan."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.cli.proxy import proxy
from conformance.model.transcript import CutHow
from conformance.scenario.fault_plan import FAULT, read_plan
from conformance.scenario.yaml_nodes import parse

PAGE = (Path(__file__).parents[2] / "docs" / "proxy.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [key.name for key in FAULT.keys] + list(CutHow))
def test_every_key_and_kind_is_documented(name: str) -> None:
    assert re.search(rf"`{name}[`:]", PAGE)


def test_every_option_is_documented() -> None:
    options = {name for each in proxy.params for name in each.opts}
    assert {name for name in options if f"`{name}" not in PAGE} == set()


def test_the_example_is_a_plan() -> None:
    example = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    assert len(read_plan(parse(example[1].encode(), "proxy.md")).faults) == 5
