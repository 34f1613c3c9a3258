"""The fuzzing of real servers: what it chooses, shares out and calls new, without any server."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.profiles.rufh import registry

if TYPE_CHECKING:
    from types import ModuleType

PEERS = Path(__file__).resolve().parents[2] / "peers"
FINDING = {"key": "RUFH-X/answer", "draft": 6, "transport": "h1", "observed": "no field"}


@pytest.fixture
def fuzz(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Import the script."""
    monkeypatch.syspath_prepend(str(PEERS))
    spec = importlib.util.spec_from_file_location("peers_fuzz", PEERS / "fuzz.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "peers_fuzz", module)
    spec.loader.exec_module(module)
    return module


def test_every_known_finding_names_a_requirement_and_a_section(fuzz: ModuleType) -> None:
    for case in fuzz.choose([]):
        told = (case.folder / "findings.md").read_text(encoding="utf-8")
        for name, reason in fuzz.known_findings(case).items():
            requirement, _, draft, transport = name.split("/")
            assert requirement in registry.load(), name
            assert int(draft) in fuzz.drafts_of(case), name
            assert transport == "h1" or case.configuration != "plain", name
            assert f"\n## {reason.partition(':')[0]}\n" in told, name


def test_every_peer_is_fuzzed_in_one_configuration_at_least(fuzz: ModuleType) -> None:
    assert {each.peer for each in fuzz.choose([])} == {each.peer for each in fuzz.all_cases()}


def test_a_configuration_without_a_list_is_not_fuzzed(fuzz: ModuleType) -> None:
    with pytest.raises(SystemExit, match="not fuzzed: peregrine/limited"):
        fuzz.choose(["peregrine/limited"])


def test_what_is_not_in_the_list_is_new(
    fuzz: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "finding.json").write_text(json.dumps(FINDING), encoding="utf-8")
    found = [fuzz.read(tmp_path / "finding.json")]
    (case,) = fuzz.choose(["tusd/plain"])
    assert fuzz.sort_out(case, found) == 1
    assert re.search(r"new: RUFH-X/answer/6/h1: no field", capsys.readouterr().out)


def test_findings_of_another_search_are_not_taken_for_those_of_this(
    fuzz: ModuleType, tmp_path: Path
) -> None:
    (case,) = fuzz.choose(["tusd/plain"])
    old = tmp_path / "tusd" / "plain" / "draft-6" / "old"
    old.mkdir(parents=True)
    wishes = fuzz.Wishes(seconds=1.0, seed="1", out=tmp_path)
    with pytest.raises(RuntimeError, match="name another --out"):
        fuzz.search(case, 6, wishes, 1.0)


def test_what_the_reference_server_shows_as_well_is_ours(
    fuzz: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "found").mkdir()
    (tmp_path / "found" / "finding.json").write_text("{}", encoding="utf-8")
    said = "FIXED a: passes\nFAILED b: 204\nFLAKY c: 204\nERROR d: no answer\n"
    done = subprocess.CompletedProcess([], 1, stdout=said)
    monkeypatch.setattr(fuzz.subprocess, "run", lambda *_, **__: done)
    assert fuzz.mistakes(tmp_path) == ["FAILED b: 204", "FLAKY c: 204"]


def test_without_a_finding_nothing_is_replayed(fuzz: ModuleType, tmp_path: Path) -> None:
    assert fuzz.mistakes(tmp_path) == []
