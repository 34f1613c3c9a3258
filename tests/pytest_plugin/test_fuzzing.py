"""Searching a server from pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.embedded import Embedded
from conformance.fuzz.replay import read_findings

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["pytester"]

WITHIN = 110
OWN = ("--resumable-own", "--resumable-fuzz", "-p", "no:cacheprovider")
EMBEDDED = ("--resumable-target", "embedded")


@pytest.fixture
def faulty() -> Iterator[str]:
    """Yield the URL of a server that takes an append anywhere."""
    arguments = ("--defect", "any-offset-accepted")
    with Embedded(restartable=False, arguments=arguments) as embedded:
        yield embedded.configurations["plain"].url


def test_a_correct_server_is_searched_once_for_each_draft_and_http_version(
    project: pytest.Pytester,
) -> None:
    result = project.runpytest_subprocess(
        *OWN, *EMBEDDED, "--resumable-draft", "6", "--resumable-http", "h1,h2",
        "--resumable-fuzz-examples", "8", "-v", timeout=WITHIN,
    )  # fmt: skip
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["resumable::fuzz?draft6-h1? PASSED*"])
    result.stdout.fnmatch_lines(["resumable::fuzz?draft6-h2? PASSED*"])
    assert not (project.path / "resumable-findings").exists()


def test_what_is_found_fails_the_test_and_leaves_a_folder_that_replays(
    project: pytest.Pytester, faulty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")  # the summary is cut at the width of the terminal
    result = project.runpytest_subprocess(
        *OWN, "--resumable-target", faulty, "--resumable-draft", "9",
        "--resumable-fuzz-examples", "400", timeout=WITHIN,
    )  # fmt: skip
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert "scenario: rufh/fuzz/" in text
    assert "  expected: " in text
    assert "Traceback" not in text
    (saved,) = read_findings(project.path / "resumable-findings")
    assert (saved.draft, saved.transport) == (9, "h1")
    assert f"FAILED resumable::fuzz[draft9-h1] - Failed: {saved.requirement}" in text
    place = saved.folder.relative_to(project.path)
    assert f"replay: resumable fuzz {faulty} --replay {place}" in text


def test_searches_are_chosen_like_other_tests(project: pytest.Pytester) -> None:
    result = project.runpytest_subprocess(
        *EMBEDDED, "--resumable-fuzz", "--resumable-draft", "3-10", "--collect-only", "-q",
        "-m", "resumable(topic='fuzz', draft=7)", timeout=WITHIN,
    )  # fmt: skip
    assert [line for line in result.outlines if "::" in line] == ["resumable::fuzz[draft7-h1]"]


def test_a_host_elsewhere_needs_leave(project: pytest.Pytester) -> None:
    args = (*OWN, "--resumable-target", "http://203.0.113.7/", "--resumable-draft", "9")
    refused = project.runpytest_subprocess(*args, "--collect-only", timeout=WITHIN)
    assert "--resumable-i-may-fuzz-this-host" in refused.stdout.str()
    refused.assert_outcomes(errors=1)
    allowed = project.runpytest_subprocess(
        *args, "--collect-only", "-q", "--resumable-i-may-fuzz-this-host", timeout=WITHIN
    )
    assert "resumable::fuzz[draft9-h1]" in allowed.outlines
