"""``resumable report`` tells an old result again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from conformance.cli import main
from reports import json_report

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.model.result import RunResult


@pytest.fixture(name="results")
def _results(tmp_path: Path, hostile: RunResult) -> Path:
    path = tmp_path / "results.json"
    json_report.write(hostile, path)
    return path


def test_all_forms_are_written(results: Path, tmp_path: Path, hostile: RunResult) -> None:
    html, junit, again = (tmp_path / name for name in ("r.html", "r.xml", "again.json"))
    arguments = [
        "report",
        str(results),
        "--html",
        str(html),
        "--junit",
        str(junit),
        "--json",
        str(again),
    ]
    outcome = CliRunner().invoke(main, arguments)
    assert outcome.exit_code == 0
    assert "exit code 2" in outcome.output
    assert html.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert junit.read_text(encoding="utf-8").startswith("<?xml")
    assert json_report.load(again) == hostile


def test_quiet_prints_nothing(results: Path) -> None:
    outcome = CliRunner().invoke(main, ["report", str(results), "--quiet"])
    assert (outcome.exit_code, outcome.output) == (0, "")


@pytest.mark.parametrize("content", [None, "{}", "no JSON"])
def test_a_bad_file_is_one_clear_line(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "bad.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    outcome = CliRunner().invoke(main, ["report", str(path)])
    assert outcome.exit_code == 2
    assert outcome.output.startswith(f"error: {path}: ")
    assert len(outcome.output.splitlines()) == 1
