"""The fuzzer against the reference server, clean and with faults, on this machine."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.engine.target import ReadBackWish, Target
from conformance.fuzz.finding import write_finding
from conformance.fuzz.replay import State, read_findings, replay
from conformance.fuzz.search import Search, SearchSettings, search, station_of
from conformance.model.errors import SuiteError
from conformance.profiles.rufh import registry
from reference_server.defects.catalogue import load_defects
from reference_server.serve import Configuration, start

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.fuzz.replay import Replayed, Saved


def settings_for(port: int, **more: object) -> SearchSettings:
    url = f"http://127.0.0.1:{port}/"
    target = Target(url=url, read_back=ReadBackWish(url=f"{url}files/{{id}}"))
    usual = SearchSettings(target=target, drafts=(9,), seconds=20.0, lanes=4, tidy=False)
    return replace(usual, **more)  # type: ignore[arg-type]


def configured(defect: str = "") -> Configuration:
    plain = Configuration(name="plain")
    return load_defects()[defect].into(plain) if defect else plain


def searched(defect: str = "", **more: object) -> Search:
    async def run() -> Search:
        server = await start(configured(defect))
        try:
            return await search(settings_for(server.port, **more))
        finally:
            await server.close()

    return asyncio.run(run())


def replayed(saved: Saved, defect: str = "") -> Replayed:
    async def run() -> Replayed:
        server = await start(configured(defect))
        try:
            station = await station_of(settings_for(server.port))
            return await replay(saved, station.world, station.facts(saved.draft))
        finally:
            await server.close()

    return asyncio.run(run())


def test_nothing_is_found_in_a_correct_server() -> None:
    found = searched(drafts=(3, 4, 5, 6, 7, 8, 9, 10), requests=400, seconds=30.0)
    assert not found.findings
    assert not found.errors
    assert not found.unconfirmed
    assert found.trials > 20
    assert "400 requests" in found.stopped


@pytest.mark.parametrize(
    ("defect", "requirement"),
    [
        ("conflict-without-completeness", "RUFH-APPEND-409-UPLOAD-COMPLETE-FALSE"),
        ("conflict-without-offset", "RUFH-APPEND-409-UPLOAD-OFFSET"),
        ("retrieval-without-offset", "RUFH-RETRIEVE-UPLOAD-OFFSET"),
    ],
)
def test_a_fault_is_found_small_and_replays(defect: str, requirement: str, tmp_path: Path) -> None:
    found = searched(defect, first=True)
    (finding,) = found.findings
    assert finding.violation.requirement == requirement
    assert len(finding.trial.steps) <= 6
    place = write_finding(finding, tmp_path, "http://127.0.0.1/")
    assert {path.name for path in place.iterdir()} == {
        "finding.json",
        "issue.md",
        "scenario.yaml",
        "transcript.json",
        "transcript.txt",
    }
    (saved,) = read_findings(tmp_path)
    assert replayed(saved, defect).state is State.FAILED
    assert replayed(saved).state is State.FIXED


def test_a_finding_names_a_requirement_that_fails_in_its_draft() -> None:
    found = searched("late-octets-acknowledged", seconds=2.0)
    for finding in found.findings:
        verdict = registry.load().verdict(finding.violation.requirement, finding.trial.draft)
        assert verdict == "fail"


def test_what_only_warns_is_no_finding() -> None:
    # a server without no-store is worth a warning at most
    found = searched("retrieval-may-be-stored", requests=300)
    assert not found.findings


def test_a_folder_without_findings_is_named(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="holds no finding"):
        read_findings(tmp_path)


@pytest.mark.parametrize(
    "facts", ["[]", "{}", '{"format": 99}', '{"format": 1, "requirement": "X", "draft": 9}', "{"]
)
def test_a_spoilt_finding_is_refused_with_its_name(facts: str, tmp_path: Path) -> None:
    (tmp_path / "finding.json").write_text(facts)
    (tmp_path / "scenario.yaml").write_text("scenario: x")
    with pytest.raises(SuiteError, match=r"finding\.json"):
        read_findings(tmp_path)


def test_the_issue_text_tells_how_to_reproduce(tmp_path: Path) -> None:
    (finding,) = searched("conflict-without-offset", first=True).findings
    place = write_finding(finding, tmp_path, "http://127.0.0.1/")
    text = (place / "issue.md").read_text()
    assert "resumable run URL --draft 9" in text
    assert finding.violation.requirement in text
    facts = json.loads((place / "finding.json").read_text())
    assert facts["steps"] == len(finding.trial.steps)
