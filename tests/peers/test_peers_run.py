"""The runner of real servers: what it chooses, skips and counts, without any server."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / "peers"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """Import the runner, with a cache of its own."""
    monkeypatch.syspath_prepend(str(PEERS))
    monkeypatch.setenv("RESUMABLE_PEERS_CACHE", str(tmp_path))
    monkeypatch.delenv("RESUMABLE_PEERS_REQUIRED", raising=False)
    spec = importlib.util.spec_from_file_location("peers_run", PEERS / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "peers_run", module)
    spec.loader.exec_module(module)
    return module


def test_every_configuration_has_a_baseline(run: ModuleType) -> None:
    missing = [
        each.name
        for each in run.all_cases()
        if not (each.folder / f"baseline-{each.configuration}.yaml").is_file()
    ]
    assert missing == []


def test_every_entry_of_a_baseline_names_a_section_of_the_findings(run: ModuleType) -> None:
    for case in run.all_cases():
        told = (case.folder / "findings.md").read_text(encoding="utf-8")
        lines = (case.folder / f"baseline-{case.configuration}.yaml").read_text("utf-8")
        reasons = {line.rpartition(': "')[2].partition(":")[0] for line in lines.splitlines()[1:]}
        assert {each for each in reasons if f"\n## {each}\n" not in told} == set(), case.name


def test_a_peer_can_be_chosen_with_one_configuration(run: ModuleType) -> None:
    assert [each.name for each in run.choose(["tusd/plain"])] == ["tusd/plain"]
    assert {each.peer for each in run.choose(["tusd"])} == {"tusd"}


def test_an_unknown_peer_is_refused_with_the_known_ones(run: ModuleType) -> None:
    with pytest.raises(SystemExit, match=r"no such peer: nobody; there are .*tusd"):
        run.choose(["nobody"])


def test_without_go_tusd_is_skipped_and_says_why(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert run.main(["tusd/plain"]) == 0
    told = capsys.readouterr().out
    assert "skipped: building tusd 2.10.0 takes Go 1.25.8 or newer; there is no Go" in told
    assert told.endswith("0 passed, 0 failed, 1 skipped\n")


def test_where_peers_are_required_a_missing_go_fails(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("RESUMABLE_PEERS_REQUIRED", "1")
    assert run.main(["tusd/plain"]) == 2
    assert capsys.readouterr().out.endswith("0 passed, 1 failed, 0 skipped\n")


def test_a_go_that_is_too_old_is_named(
    run: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    go = tmp_path / "bin" / "go"
    go.parent.mkdir()
    go.write_text("#!/bin/sh\necho go1.19.8\n")
    go.chmod(0o755)
    monkeypatch.setenv("PATH", str(go.parent))
    assert run.main(["tusd/plain"]) == 0
    assert "this is Go 1.19.8" in capsys.readouterr().out


def _result(path: Path, *checks: dict[str, str]) -> Path:
    run = {"baseline": {"known": {"listed": "T1: known"}}, "results": [{"checks": checks}]}
    path.write_text(json.dumps(run), encoding="utf-8")
    return path


def _check(requirement: str, seen: str, outcome: str = "fail", name: str = "new") -> dict[str, str]:
    return {"id": name, "requirement": requirement, "seen": seen, "outcome": outcome}


RACE = "RUFH-CONCURRENCY-OFFSET-ACCEPTED"


def test_a_known_race_seen_once_is_told_and_forgiven(run: ModuleType, tmp_path: Path) -> None:
    case = run.Case(peer="tusd", configuration="plain")
    known = _check("RUFH-ANY", "2/2", name="listed")
    result = _result(tmp_path / "r.json", known, _check(RACE, "1/2"), _check(RACE, "", "pass"))
    assert run.known_races(case, result) == ["new"]


@pytest.mark.parametrize(
    "check",
    [
        _check(RACE, "2/2"),
        _check("RUFH-ANY", "1/2"),
        _check(RACE, "", "inconclusive"),
        _check(RACE, "", "error"),
    ],
)
def test_whatever_is_no_known_race_is_not_forgiven(
    run: ModuleType, tmp_path: Path, check: dict[str, str]
) -> None:
    case = run.Case(peer="tusd", configuration="plain")
    result = _result(tmp_path / "r.json", check, _check(RACE, "1/2"))
    assert run.known_races(case, result) == []
