"""A run's result as JUnit XML, for the views that CI services draw.

One suite per scenario, draft and transport; one test case per check. The mapping of outcomes is
told in ``docs/results.md``: whatever breaks the exit code is a failure or an error here, so that
a CI view never looks greener than the run was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from conformance.model.outcome import Outcome
from reports.clean import printable, printable_lines
from reports.story import Occurrence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.model.result import CaseResult, CheckResult, RunResult

_SKIPPED = {Outcome.SKIPPED, Outcome.NOT_APPLICABLE, Outcome.NOT_OBSERVED}
_FAILED = {Outcome.FAIL, Outcome.INCONCLUSIVE}


def dumps(run: RunResult) -> str:
    """Return the JUnit XML text of a result."""
    known = run.baseline.known if run.baseline is not None else {}
    root = ET.Element("testsuites", name="resumable-conformance", time=f"{run.seconds:.3f}")
    for (scenario, draft, transport), cases in _grouped(run).items():
        suite = ET.SubElement(root, "testsuite")
        name = "/".join(part for part in (scenario, str(draft or ""), transport) if part)
        tests = [test for case in cases for test in _tests(case, known)]
        suite.attrib |= {
            "name": printable(name),
            "timestamp": printable(run.started),
            "time": f"{sum(case.seconds for case in cases):.3f}",
            **_counts(tests),
        }
        suite.extend(tests)
    root.attrib |= _counts(list(root.iter("testcase")))
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def write(run: RunResult, path: Path) -> None:
    """Write the JUnit file.

    Raises:
        OSError: it cannot be written.
    """
    path.write_text(dumps(run), encoding="utf-8")


def _grouped(run: RunResult) -> dict[tuple[str, int, str], list[CaseResult]]:
    groups: dict[tuple[str, int, str], list[CaseResult]] = {}
    for case in run.results:
        groups.setdefault((case.scenario, case.draft, case.transport), []).append(case)
    return groups


def _tests(case: CaseResult, known: Mapping[str, str]) -> list[ET.Element]:
    if not case.checks:
        test = _test(case, case.id)
        _tell(test, case.outcome, case.cause or str(case.outcome), case.cause, known.get(case.id))
        return [test]
    tests = []
    for check in case.checks:
        test = _test(case, check.id)
        message, text = _message(case, check), _text(case, check)
        _tell(test, check.outcome, message, text, known.get(check.id))
        tests.append(test)
    return tests


def _test(case: CaseResult, name: str) -> ET.Element:
    classname = f"{case.scenario}/{case.draft}" if case.draft else case.scenario
    return ET.Element("testcase", classname=printable(classname), name=printable(name))


def _tell(test: ET.Element, outcome: Outcome, message: str, text: str, known: str | None) -> None:
    shown = printable(message)
    if outcome in _FAILED and known is not None:
        ET.SubElement(test, "skipped", message=printable(f"known, in the baseline: {known}"))
        ET.SubElement(test, "system-out").text = printable_lines(text)
    elif outcome in _FAILED:
        failure = ET.SubElement(test, "failure", type=str(outcome), message=shown)
        failure.text = printable_lines(text)
    elif outcome is Outcome.ERROR:
        ET.SubElement(test, "error", type="error", message=shown).text = printable_lines(text)
    elif outcome in _SKIPPED:
        ET.SubElement(test, "skipped", message=f"{outcome}: {shown}")
    elif outcome is Outcome.WARN:
        ET.SubElement(test, "system-out").text = printable_lines(f"warning: {text}")


def _message(case: CaseResult, check: CheckResult) -> str:
    if check.outcome in {Outcome.FAIL, Outcome.WARN}:
        return f"expected {check.expected}; observed {check.observed}"
    return check.cause or check.observed or case.cause or str(check.outcome)


def _text(case: CaseResult, check: CheckResult) -> str:
    lines = [
        f"{check.requirement} ({check.level}{', provisional' if check.provisional else ''})",
        f"expected: {check.expected}",
        f"observed: {check.observed}",
    ]
    if check.seen:
        lines.append(f"seen: {check.seen}")
    if check.cause:
        lines.append(f"cause: {check.cause}")
    if check.outcome in {Outcome.FAIL, Outcome.INCONCLUSIVE}:
        for exchange in Occurrence(case=case, check=check).evidence:
            head = f"--- {exchange.step}, connection {exchange.connection}"
            lines += ["", head, exchange.sent, "--- answer", exchange.received, exchange.note]
    return "\n".join(lines).rstrip() + "\n"


def _counts(tests: list[ET.Element]) -> dict[str, str]:
    def having(tag: str) -> str:
        return str(sum(1 for test in tests if test.find(tag) is not None))

    return {
        "tests": str(len(tests)),
        "failures": having("failure"),
        "errors": having("error"),
        "skipped": having("skipped"),
    }
