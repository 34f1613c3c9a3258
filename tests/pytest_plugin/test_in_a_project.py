"""The plugin in somebody's project; each run is a pytest of its own."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

pytest_plugins = ["pytester"]

WITHIN = 90
OWN = ("--resumable-target", "embedded", "--resumable-own", "-p", "no:cacheprovider")
DRAFT = ("--resumable-draft", "6")
SCENARIO = """\
scenario: rufh/mine/{name}
title: {name}
content: 4 KiB
{more}steps:
  - create: up
    send: 0..1 KiB
    complete: false
{set_up}    expect:
      - {check}
"""
LOCATION = "RUFH-CREATE-INCOMPLETE-LOCATION"
ANNOUNCE = "RUFH-CREATE-104-ANNOUNCE"
FAILING = f"rufh/mine/fails/up/{LOCATION}/6/h1"
PASSING = f"rufh/mine/passes/up/{LOCATION}/6/h1"


def scenario(project: pytest.Pytester, name: str, check: str, more: str = "") -> None:
    text = SCENARIO.format(name=name, check=check, more=more, set_up="")
    (project.path / f"{name}.scenario.yaml").write_text(text)


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_without_a_target_nothing_is_imported_or_collected(project: pytest.Pytester) -> None:
    scenario(project, "passes", f"{LOCATION}: {{status: 2xx}}")
    project.makepyfile(
        """
        import sys

        def test_modules():
            ours = {name for name in sys.modules if name.startswith("conformance")}
            assert ours <= {
                "conformance",
                "conformance.pytest_plugin",
                "conformance.pytest_plugin.options",
                "conformance.pytest_plugin.warned",
            }
            assert not {"yaml", "h11", "h2", "rich", "reports"} & set(sys.modules)
        """
    )
    project.runpytest_subprocess(timeout=WITHIN).assert_outcomes(passed=1)


def test_every_ending_of_a_case(project: pytest.Pytester) -> None:
    scenario(project, "passes", f"{LOCATION}: {{status: 2xx}}")
    scenario(project, "fails", f"{LOCATION}: {{status: 418}}")
    scenario(project, "warns", f"{ANNOUNCE}: {{status: 418}}")
    scenario(project, "skips", f"{LOCATION}: {{status: 2xx}}", "needs: [tls]\n")
    project.makepyfile("def test_of_the_project(): pass")
    junit = project.path / "junit.xml"
    result = project.runpytest_subprocess(
        *OWN, *DRAFT, "-ra", f"--junitxml={junit}", timeout=WITHIN
    )
    result.assert_outcomes(passed=3, failed=1, skipped=1, warnings=1)
    text = result.stdout.str()
    assert f"fail: {LOCATION} (MUST) at step up, seen 2/2" in text
    assert "  expected: status 418" in text
    assert "  observed: 201 Created" in text
    assert "ResumableWarning: RUFH-CREATE-104-ANNOUNCE: 201 Created" in text
    assert "rerun: pytest fails.scenario.yaml --resumable-own --resumable-target" in text
    assert "SKIPPED [1] resumable: not-applicable" in text
    assert "Traceback" not in text
    found = ET.parse(junit).iter("testcase")
    told = {
        case.get("name"): {(each.get("name"), each.get("value")) for each in case.iter("property")}
        for case in found
    }
    assert {
        ("resumable_outcome", "fail"),
        ("resumable_draft", "6"),
        ("resumable_requirement", LOCATION),
    } <= told["rufh/mine/fails[draft6-h1]"]


def test_a_baseline_and_strictness(project: pytest.Pytester) -> None:
    scenario(project, "passes", f"{LOCATION}: {{status: 2xx}}")
    scenario(project, "fails", f"{LOCATION}: {{status: 418}}")
    scenario(project, "warns", f"{ANNOUNCE}: {{status: 418}}")
    project.makefile(".yaml", known=f'"{FAILING}": see issue 7\n"{PASSING}": mended since\n')
    project.makeini(
        """
        [pytest]
        resumable_target = embedded
        resumable_draft = 6
        resumable_own = true
        resumable_baseline = known.yaml
        """
    )
    result = project.runpytest_subprocess("--resumable-strict", "-ra", timeout=WITHIN)
    result.assert_outcomes(passed=1, xfailed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["XFAIL*rufh/mine/fails*see issue 7*", "FAILED*rufh/mine/warns*"], consecutive=False
    )
    text = result.stdout.str()
    assert "stale baseline: 1 listed in" in text
    assert f"  {PASSING}" in text


def test_shipped_scenarios_are_found_by_marker_and_keyword_without_a_network(
    project: pytest.Pytester,
) -> None:
    args = ("--resumable-target", f"http://127.0.0.1:{unused_port()}/", "--collect-only", "-q")
    marker = "resumable(topic='append', draft=9)"
    result = project.runpytest_subprocess(
        *args, "--resumable-draft", "8-9", "-m", marker, "-k", "offset-mismatch and behind",
        timeout=WITHIN,
    )  # fmt: skip
    assert "resumable::rufh/append/offset-mismatch[behind-draft9-h1]" in result.outlines
    assert sum(line.startswith("resumable::") for line in result.outlines) == 1


def test_an_author_sees_place_and_remedy_of_a_mistake(project: pytest.Pytester) -> None:
    scenario(project, "wrong", f"{LOCATION}: {{statusx: 2xx}}")
    result = project.runpytest_subprocess(*OWN, *DRAFT, timeout=WITHIN)
    result.assert_outcomes(errors=1)
    text = result.stdout.str()
    assert "wrong.scenario.yaml:9:" in text
    assert "status" in text.partition("remedy:")[2].partition("\n")[0]
    assert "Traceback" not in text


def test_a_server_that_is_not_there_is_one_error(project: pytest.Pytester) -> None:
    args = (
        "--resumable-target",
        f"http://127.0.0.1:{unused_port()}/",
        "--resumable-topic",
        "append",
    )
    known = project.runpytest_subprocess(*args, *DRAFT, timeout=WITHIN)
    counts = known.parseoutcomes()
    assert counts.pop("skipped") > 5
    assert counts == {"errors": 1}
    unknown = project.runpytest_subprocess(*args, timeout=WITHIN)
    unknown.assert_outcomes(errors=1)
    for result in (known, unknown):
        assert "cannot be reached" in result.stdout.str()
        assert "Traceback" not in result.stdout.str()


def test_a_wish_that_cannot_be_fulfilled_is_a_usage_error(project: pytest.Pytester) -> None:
    args = ("--resumable-target", "embedded", "--resumable-baseline", "gone.yaml")
    result = project.runpytest_subprocess(*args, timeout=WITHIN)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "baseline gone.yaml: No such file" in result.stderr.str()
    assert "Traceback" not in result.stderr.str()


def test_a_conftest_can_name_the_server_and_x_stops_at_the_first_failure(
    project: pytest.Pytester,
) -> None:
    project.makeconftest(
        """
        def pytest_configure(config):
            config.option.resumable_target = "embedded"
        """
    )
    scenario(project, "fails", f"{LOCATION}: {{status: 418}}")
    result = project.runpytest_subprocess("--resumable-own", "-x", timeout=WITHIN)
    result.assert_outcomes(failed=1)


def test_workers_of_xdist_share_the_work(project: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    scenario(project, "passes", f"{LOCATION}: {{status: 2xx}}")
    scenario(project, "fails", f"{LOCATION}: {{status: 418}}")
    result = project.runpytest_subprocess(
        *OWN, "--resumable-draft", "6-9", "-n", "2", timeout=WITHIN
    )
    result.assert_outcomes(passed=4, failed=4)
    assert "embedded, drafts 6-9: 4 fail, 4 pass" in result.stdout.str()


def test_an_interrupt_ends_it_while_the_server_keeps_silent(project: pytest.Pytester) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(WITHIN)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        process = project.popen(
            [sys.executable, "-m", "pytest", *_loaded(project), "--resumable-target", url, *DRAFT],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            connection, _ = silent.accept()
            with connection:
                process.send_signal(signal.SIGINT)
                output, _ = process.communicate(timeout=WITHIN)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            process.wait()
    assert process.returncode == pytest.ExitCode.INTERRUPTED
    assert b"Error" not in output


def _loaded(project: pytest.Pytester) -> list[str]:
    return [word for name in project.plugins for word in ("-p", str(name))]
