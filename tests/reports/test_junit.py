"""JUnit: every outcome arrives as what it is, and the XML is always well formed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from conformance.model.outcome import Outcome
from reports import junit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.model.result import BaselineSeen, CaseResult, CheckResult, RunResult


def _only_test(run: RunResult) -> ET.Element:
    (test,) = ET.fromstring(junit.dumps(run)).iter("testcase")
    return test


@pytest.mark.parametrize(
    ("outcome", "tag", "kind"),
    [
        (Outcome.FAIL, "failure", "fail"),
        (Outcome.INCONCLUSIVE, "failure", "inconclusive"),
        (Outcome.ERROR, "error", "error"),
        (Outcome.WARN, "system-out", None),
        (Outcome.SKIPPED, "skipped", None),
        (Outcome.NOT_APPLICABLE, "skipped", None),
        (Outcome.NOT_OBSERVED, "skipped", None),
    ],
)
def test_each_outcome_has_its_element(
    outcome: Outcome,
    tag: str,
    kind: str | None,
    make_run: Callable[..., RunResult],
    make_case: Callable[..., CaseResult],
    make_check: Callable[..., CheckResult],
) -> None:
    check = make_check("RUFH-A", outcome, cause="why", expected="409", observed="204")
    test = _only_test(make_run(make_case("rufh/append/x", 8, check)))
    assert [tag] == [child.tag for child in test]
    assert kind == test[0].get("type")


def test_a_pass_has_no_child(
    make_run: Callable[..., RunResult],
    make_case: Callable[..., CaseResult],
    make_check: Callable[..., CheckResult],
) -> None:
    run = make_run(make_case("rufh/append/x", 8, make_check("RUFH-A", Outcome.PASS)))
    assert list(_only_test(run)) == []


def test_a_test_case_is_named_by_check_and_scenario_and_tells_the_octets(
    hostile: RunResult,
) -> None:
    tests = list(ET.fromstring(junit.dumps(hostile)).iter("testcase"))
    test = next(t for t in tests if "one-short" in t.get("name", ""))
    assert test.get("classname") == "rufh/append/offset-mismatch/6"
    failure = test.find("failure")
    assert failure is not None
    assert (failure.get("message") or "").startswith("expected status 409; observed \\x1b[31mred")
    assert "--- answer\nHTTP\n" in (failure.text or "")


def test_control_characters_never_reach_the_xml(hostile: RunResult) -> None:
    text = junit.dumps(hostile)
    assert not set(map(chr, range(32))) - {"\n"} & set(text)
    assert "\u202e" not in text
    assert "<script>" not in text


def test_a_known_failure_is_skipped_with_its_reason(
    make_run: Callable[..., RunResult],
    make_case: Callable[..., CaseResult],
    make_check: Callable[..., CheckResult],
    baseline: Callable[..., BaselineSeen],
) -> None:
    check = make_check("RUFH-A", Outcome.FAIL, id="the-check")
    seen = baseline(path="b.yaml", known={"the-check": "bug 12"})
    test = _only_test(make_run(make_case("rufh/append/x", 8, check), baseline=seen))
    assert test[0].get("message") == "known, in the baseline: bug 12"
    assert test.find("failure") is None


def test_a_case_that_could_not_be_judged_at_all_is_a_test_case(hostile: RunResult) -> None:
    tests = ET.fromstring(junit.dumps(hostile)).iter("testcase")
    (alone,) = (test for test in tests if test.get("name") == "rufh/z/alone/0/h1")
    assert alone[0].get("type") == "inconclusive"
    assert alone.get("classname") == "rufh/z/alone"


def test_counts_add_up(hostile: RunResult) -> None:
    root = ET.fromstring(junit.dumps(hostile))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(root.get(key, "")) == len(list(root.iter(tag)))
        assert int(root.get(key, "")) == sum(int(s.get(key, "")) for s in root)
    assert int(root.get("tests", "")) == len(list(root.iter("testcase"))) == 19


def test_it_is_written_as_utf_8(tmp_path: Path, hostile: RunResult) -> None:
    path = tmp_path / "j.xml"
    junit.write(hostile, path)
    assert ET.parse(path).getroot().tag == "testsuites"
