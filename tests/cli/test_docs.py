"""The documents name every option of a run and every key of a target file."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from conformance.cli.run import run
from conformance.engine.settings import build
from conformance.engine.target_file import decode_target
from conformance.engine.wishes import Wishes
from conformance.model.errors import ScenarioError
from conformance.model.node import Mapping, Scalar
from conformance.profiles.rufh.capabilities import TARGET_CAPABILITIES

DOCS = Path(__file__).parents[2] / "docs"


def test_every_option_of_run_is_documented() -> None:
    text = (DOCS / "running.md").read_text(encoding="utf-8")
    names = [
        name
        for option in run.params
        if isinstance(option, click.Option)
        for name in option.opts
        if name.startswith("--")
    ]

    assert len(names) > 20
    assert [name for name in names if f"`{name}" not in text] == []


def test_every_key_of_a_target_file_is_documented() -> None:
    text = (DOCS / "target.md").read_text(encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        decode_target(Mapping(((Scalar("zzzzzzzz"), Scalar(1)),)), Path(), {})
    keys = caught.value.remedy.removeprefix("keys: ").split(", ")

    assert len(keys) > 15
    assert [key for key in keys if f"| `{key}` |" not in text] == []


def test_every_capability_of_a_target_is_documented() -> None:
    text = (DOCS / "target.md").read_text(encoding="utf-8")

    assert [name for name in TARGET_CAPABILITIES if f"`{name}`" not in text] == []


def test_the_first_target_file_of_the_document_is_one(tmp_path: Path) -> None:
    text = (DOCS / "target.md").read_text(encoding="utf-8")
    first = text.split("```yaml\n")[1].split("```")[0]
    path = tmp_path / "target.yaml"
    path.write_text(first, encoding="utf-8")

    assert build(Wishes(target=path), {}).targets[0].url in first
