"""Allure results of conformance tests, read back from the files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["pytester"]

WITHIN = 90
RUN = ("--resumable-target", "embedded", "--resumable-own", "-p", "no:cacheprovider")
DRAFT = ("--resumable-draft", "6")
LOCATION = "RUFH-CREATE-INCOMPLETE-LOCATION"
ANNOUNCE = "RUFH-CREATE-104-ANNOUNCE"
SCENARIO = """\
scenario: rufh/mine/{name}
title: What {name} does
why: Somebody has to know.
content: 4 KiB
{more}steps:
  - create: up
    send: 0..1 KiB
    complete: false
    expect:
      - {check}
"""


@pytest.fixture(autouse=True)
def _installed() -> None:
    pytest.importorskip("allure_pytest")


def scenario(project: pytest.Pytester, name: str, check: str, more: str = "") -> None:
    text = SCENARIO.format(name=name, check=check, more=more)
    (project.path / f"{name}.scenario.yaml").write_text(text, encoding="utf-8")


def results(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the results by title."""
    found = [json.loads(each.read_bytes()) for each in folder.glob("*-result.json")]
    named = {each["name"]: each for each in found}
    assert len(named) == len(found)
    return named


def labels(result: dict[str, Any], name: str) -> list[str]:
    return [each["value"] for each in result["labels"] if each["name"] == name]


def test_a_result_says_what_was_judged_and_shows_it(project: pytest.Pytester) -> None:
    scenario(project, "fails", f"{LOCATION}: {{status: 418}}")
    scenario(project, "passes", f"{LOCATION}: {{status: 2xx}}")
    scenario(project, "warns", f"{ANNOUNCE}: {{status: 418}}")
    scenario(project, "skips", f"{LOCATION}: {{status: 2xx}}", "needs: [tls]\n")
    folder = project.path / "allure"
    project.runpytest_subprocess(
        *RUN, *DRAFT, "--alluredir", folder, timeout=WITHIN
    ).assert_outcomes(passed=2, failed=1, skipped=1, warnings=1)
    told = results(folder)
    assert {name: each["status"] for name, each in told.items()} == {
        "What fails does (draft 6, h1)": "failed",
        "What passes does (draft 6, h1)": "passed",
        "What warns does (draft 6, h1)": "passed",
        "What skips does (draft 6, h1)": "skipped",
    }
    fails = told["What fails does (draft 6, h1)"]
    assert labels(fails, "epic") == ["rufh"]
    assert labels(fails, "feature") == ["mine"]
    assert labels(fails, "story") == [LOCATION]
    assert labels(fails, "severity") == ["critical"]
    assert labels(told["What warns does (draft 6, h1)"], "severity") == ["minor"]
    assert "Somebody has to know." in fails["description"]
    (link,) = fails["links"]
    assert "draft-ietf-httpbis-resumable-upload" in link["url"]
    assert link["name"].startswith("RUFH: ")

    step = fails["steps"][0]
    assert (step["name"], step["status"]) == ("create up", "failed")
    (check,) = step["steps"]
    assert (check["name"], check["status"]) == (f"fail: {LOCATION} (MUST)", "failed")
    assert "expected status 418; observed 201 Created" in check["statusDetails"]["message"]
    assert "trace" not in check["statusDetails"]
    standing = fails["steps"][1]
    assert (standing["name"], standing["status"]) == ("standing rules", "passed")
    assert "pass: RUFH-VERSION-104-HEADER (MUST)" in [each["name"] for each in standing["steps"]]

    (attachment,) = fails["attachments"]
    assert (attachment["name"], attachment["type"]) == ("transcript", "text/plain")
    octets = (folder / attachment["source"]).read_text(encoding="utf-8")
    assert "--- step up, connection 0" in octets
    assert "Upload-Draft-Interop-Version: 6" in octets
    assert "201 Created" in octets


def test_cases_drafts_and_transports_have_histories_of_their_own(project: pytest.Pytester) -> None:
    more = "each:\n  method: {post: POST, put: PUT}\n"
    check = f"{LOCATION}: {{status: 2xx}}\n    method: $method"
    scenario(project, "passes", check, more)
    folder = project.path / "allure"
    options = ("--resumable-draft", "6-7", "--resumable-http", "h1,h2", "--alluredir", folder)
    project.runpytest_subprocess(*RUN, *options, timeout=WITHIN)
    told = results(folder).values()
    assert len(told) == 8
    assert len({each["historyId"] for each in told}) == 8


def test_a_server_that_is_not_there_leaves_results_that_say_what_was_wanted(
    project: pytest.Pytester,
) -> None:
    scenario(project, "passes", f"{LOCATION}: {{status: 2xx}}")
    folder = project.path / "allure"
    target = ("--resumable-target", "http://127.0.0.1:9/", "--resumable-own", *DRAFT)
    project.runpytest_subprocess(*target, "--alluredir", folder, timeout=WITHIN).assert_outcomes(
        errors=1
    )
    (only,) = results(folder).values()
    assert only["status"] == "failed"
    assert "cannot be reached" in only["statusDetails"]["message"]
    assert labels(only, "story") == [LOCATION]
    assert not only.get("attachments")


@pytest.mark.parametrize("asked", [True, False], ids=["asked", "unasked"])
def test_nothing_of_it_is_imported_unless_results_are_asked_for(
    project: pytest.Pytester, asked: bool
) -> None:
    project.makeconftest(
        """
        import sys

        def pytest_unconfigure(config):
            print("imported:", "conformance.pytest_plugin.allure_results" in sys.modules)
        """
    )
    more = ("--alluredir", "allure") if asked else ()
    args = (*RUN, *DRAFT, *more, "--collect-only")
    assert f"imported: {asked}" in project.runpytest_subprocess(*args, timeout=WITHIN).outlines


def test_it_runs_without_the_package(project: pytest.Pytester) -> None:
    scenario(project, "passes", f"{LOCATION}: {{status: 2xx}}")
    result = project.runpytest_subprocess(*RUN, *DRAFT, "-p", "no:allure_pytest", timeout=WITHIN)
    result.assert_outcomes(passed=1)
