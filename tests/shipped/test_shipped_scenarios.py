"""The shipped scenarios as a set: what they cite, and that every one of them really runs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from conformance.model.requirement import Verdict
from conformance.model.scenario import ExchangeStep, TogetherStep, Verb
from conformance.profiles.rufh.registry import load
from conformance.scenario.decode import expand
from conformance.scenario.library import load_library

if TYPE_CHECKING:
    from pathlib import Path

#: requirements whose violation is a fail and that no shipped scenario can show on a correct server
#: that supports everything; each with its reason
NEVER_OBSERVED = {
    "RUFH-H-CANCEL-405": "a server that supports cancellation never answers 405",
}
#: drafts in which a requirement cannot be judged, each with its reason
NOT_JUDGED = {
    # elsewhere Repr-Digest in an answer is of the answer's own representation (RFC 9530 section 3)
    "SUITE-INTEGRITY-DIGEST": {3, 4, 5, 9, 10},
}
#: prefixes of requirements of transports that are judged elsewhere
OTHER_TRANSPORTS = ("H3-",)
RUN_SECONDS = 420


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Run everything once against the embedded reference server, in every draft and over both."""
    folder: Path = tmp_path_factory.mktemp("run")
    report = folder / "results.json"
    command = [sys.executable, "-c", "from conformance.cli import main; main()", "run"]
    command += ["--http", "h1,h2"]
    done = subprocess.run(
        [*command, "--strict", "--no-html", "--json", str(report)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    found: list[dict[str, Any]] = json.loads(report.read_text("utf-8"))["results"]
    return found


@pytest.mark.xdist_group("whole-run")
def test_the_reference_server_is_accused_of_nothing(results: list[dict[str, Any]]) -> None:
    """Not one fail, warn, inconclusive or error in any draft."""
    bad = [
        (check["id"], check["observed"] or check["cause"])
        for case in results
        for check in case["checks"]
        if check["outcome"] in {"fail", "warn", "inconclusive", "error"}
    ]
    assert bad == []


@pytest.mark.xdist_group("whole-run")
def test_every_scenario_really_runs_in_some_draft(results: list[dict[str, Any]]) -> None:
    """Each file has a check that passed somewhere, over every transport it is told over."""
    told = {
        (case["scenario"], case["transport"]) for case in results if case["scenario"] != "standing"
    }
    ran = {
        (case["scenario"], case["transport"])
        for case in results
        for check in case["checks"]
        if check["outcome"] == "pass" and check["step"]
    }
    assert set() == {scenario.id for scenario in load_library().scenarios} - {
        scenario for scenario, _ in ran
    }
    assert set() == told - ran


@pytest.mark.xdist_group("whole-run")
def test_every_requirement_is_seen_to_pass_in_each_draft_that_has_it(
    results: list[dict[str, Any]],
) -> None:
    """Every server requirement whose violation fails was judged in each such draft."""
    passed: dict[str, set[int]] = defaultdict(set)
    for case in results:
        for check in case["checks"]:
            if check["outcome"] == "pass":
                passed[check["requirement"]].add(case["draft"])
    missing = [
        (row.id, draft)
        for row in load().must_be_checked()
        if not row.id.startswith(OTHER_TRANSPORTS) and row.id not in NEVER_OBSERVED
        for draft, verdict in row.verdicts.items()
        if verdict is Verdict.FAIL
        and draft not in passed[row.id]
        and draft not in NOT_JUDGED.get(row.id, ())
    ]
    assert missing == []


def test_requirements_that_are_never_observed_are_cited_all_the_same() -> None:
    """An exception from the rule above is still looked for."""
    cited = {
        check.requirement
        for scenario in load_library().scenarios
        for case in expand(scenario)
        for step in case.steps
        if isinstance(step, ExchangeStep)
        for check in step.expect
    }
    assert set(NEVER_OBSERVED) <= cited


def test_there_are_at_least_ninety_files_and_five_at_octet_level() -> None:
    """The set is broad, and reaches below what libraries would send."""
    scenarios = list(load_library().scenarios)
    octets = [
        scenario.id
        for scenario in scenarios
        if any(
            isinstance(step, ExchangeStep) and step.verb is Verb.OCTETS
            for step in expand(scenario)[0].steps
        )
    ]
    assert len(scenarios) >= 90
    assert len(octets) >= 5


def test_at_least_twenty_five_files_belong_to_http_2_and_cite_all_it_asks_of_servers() -> None:
    """What only HTTP/2 can get wrong has scenarios of its own."""
    own = [scenario for scenario in load_library().scenarios if "h2" in scenario.needs]
    checked = {
        check.requirement
        for scenario in own
        for case in expand(scenario)
        for step in case.steps
        for check in getattr(step, "expect", ())
    }
    wanted = {row.id for row in load().rows if row.id.startswith("H2-") and row.role == "server"}
    assert len(own) >= 25
    assert wanted <= checked
    assert "RUFH-CONCURRENCY-STREAM-ONLY" in checked


def test_every_scenario_says_why_it_matters_and_judges_something() -> None:
    """A scenario without a reason or without a check helps nobody."""
    for scenario in load_library().scenarios:
        assert scenario.why, scenario.id
        for case in expand(scenario):
            checks = sum(
                len(step.expect) + sum(len(each.expect) for each in getattr(step, "steps", ()))
                for step in case.steps
                if isinstance(step, ExchangeStep | TogetherStep) or hasattr(step, "expect")
            )
            assert checks, case.id


def test_two_runs_with_the_same_seed_are_the_same(tmp_path: Path) -> None:
    """Results are ordered and, times apart, identical on the reference server."""
    told = []
    for number in range(2):
        report = tmp_path / f"{number}.json"
        done = subprocess.run(
            [
                *(sys.executable, "-c", "from conformance.cli import main; main()", "run"),
                *("--draft", "9", "--topic", "creation", "--topic", "interruption"),
                *("--seed", "7", "--no-html", "--json", str(report)),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]
        results = json.loads(report.read_text("utf-8"))["results"]
        told.append([{**case, "seconds": 0} for case in results])
    assert told[0] == told[1]
