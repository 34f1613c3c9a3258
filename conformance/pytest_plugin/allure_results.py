"""What a case's Allure result says beside what any pytest test's says.

Imported only if Allure results are asked for; allure-pytest writes the files. Everything is told at
the end of a test, when its result is known however it ended, and before allure-pytest closes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import allure
import pytest

from conformance.model.outcome import Outcome
from conformance.model.requirement import Verdict
from conformance.model.result import CheckResult
from conformance.model.scenario import ExchangeStep, ResumeStep, TogetherStep
from conformance.profiles.rufh import registry
from conformance.pytest_plugin.nodes import CaseItem
from conformance.pytest_plugin.words import clean, one_line, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from conformance.model.result import CaseResult
    from conformance.model.scenario import Step
    from conformance.pytest_plugin.listing import Listed
    from conformance.pytest_plugin.verdict import Judged

#: title of the step for checks that belong to no step of the scenario
STANDING: Final = "standing rules"
TRANSCRIPT: Final = "transcript"

_LONGEST: Final = 400
_SEVERITIES: Final = {
    Verdict.FAIL: allure.severity_level.CRITICAL,
    Verdict.WARN: allure.severity_level.MINOR,
    Verdict.INFO: allure.severity_level.TRIVIAL,
    Verdict.SKIP: allure.severity_level.TRIVIAL,
}
_UNJUDGED: Final = {Outcome.SKIPPED, Outcome.NOT_OBSERVED, Outcome.NOT_APPLICABLE}


class AllureResults:
    """Hooks that fill the results of allure-pytest."""

    # first, as the item forgets its result when it is torn down
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """Tell everything about a case of ours."""
        if isinstance(item, CaseItem):
            _tell_place(item.listed)
            _tell_requirements(item.listed, item.judged)
            if item.result is not None and item.judged is not None:
                _tell_severity(item.result, item.judged)
                _tell_steps(item.listed, item.result)
                _attach(item.result)


def _tell_place(listed: Listed) -> None:
    """Say what the case is; the parameters keep cases of one scenario apart in a history."""
    scenario, case = listed.case.scenario, listed.case.name
    draft = f"draft {listed.draft}"
    variant = ", ".join(part for part in (case, draft, listed.transport) if part)
    allure.dynamic.title(f"{one_line(scenario.title)} ({one_line(variant)})")
    texts = (one_line(scenario.title), one_line(scenario.why), f"`{listed.id}`")
    allure.dynamic.description("\n\n".join(text for text in texts if text))
    if case:
        allure.dynamic.parameter("case", case)
    allure.dynamic.parameter("draft", listed.draft)
    allure.dynamic.parameter("transport", listed.transport)
    allure.dynamic.epic(scenario.id.partition("/")[0])
    allure.dynamic.feature(scenario.topic)
    allure.dynamic.tag(draft, listed.transport)


def _tell_requirements(listed: Listed, judged: Judged | None) -> None:
    """Name what the scenario cites and whatever else was violated, with the sections it is from."""
    found = (each.requirement for each in judged.checks) if judged is not None else ()
    names = tuple(dict.fromkeys((*listed.requirements, *found)))
    allure.dynamic.story(*names)
    rows = registry.load()
    for name in names:
        row = rows.get(name) if name in rows else None
        url = row.url_for(listed.draft) if row is not None else ""
        if row is not None and url:
            allure.dynamic.link(url, name=f"{row.source}: {row.section}")


def _tell_severity(result: CaseResult, judged: Judged) -> None:
    """Weigh the violations by their verdicts; without any, what the steps look for."""
    checks = judged.checks or [each for each in result.checks if each.step]
    verdicts = [Verdict(each.verdict) for each in checks]
    if verdicts:
        allure.dynamic.severity(_SEVERITIES[max(verdicts, key=lambda each: each.strength)])


def _tell_steps(listed: Listed, result: CaseResult) -> None:
    """Tell the steps of the scenario, and in each what was checked there."""
    by_step: dict[str, list[CheckResult]] = {}
    for check in result.checks:
        by_step.setdefault(check.step, []).append(check)
    found = [each for each in by_step.pop("", []) if each.outcome not in _UNJUDGED]
    standing = [*found, *_held(result)]
    for name, title in _titles(listed.case.steps):
        _step(title, by_step.pop(name, []))
    for name, checks in by_step.items():
        _step(name, checks)
    if standing:
        _step(STANDING, standing)


def _held(result: CaseResult) -> Iterator[CheckResult]:
    """Return the standing rules that held, of which a result has no more than the names."""
    for name in result.held:
        row = registry.load().get(name)
        yield CheckResult(
            id=f"{result.id}/{name}",
            requirement=name,
            step="",
            level=str(row.levels[result.draft]),
            verdict=str(row.verdicts[result.draft]),
            provisional=result.draft in row.provisional,
            outcome=Outcome.PASS,
        )


def _titles(steps: Iterable[Step]) -> Iterator[tuple[str, str]]:
    """Return names and titles of all steps; those of a race come after it."""
    for step in steps:
        match step:
            case ExchangeStep():
                yield step.name, f"{step.verb} {step.name}"
            case ResumeStep():
                yield step.name, f"resume {step.exchange}"
            case TogetherStep():
                yield step.name, f"together {step.name}"
                yield from _titles(step.steps)
            case _:
                yield step.name, step.name


def _step(title: str, checks: list[CheckResult]) -> None:
    step = allure.step(one_line(title))
    step.__enter__()
    for check in checks:
        inner = allure.step(_title(check))
        inner.__enter__()
        _end(inner, _trouble(check))
    judged = [each for each in checks if each.outcome not in _UNJUDGED]
    # a step counts as skipped only if nothing of it was judged
    worst = max(judged or checks, key=lambda each: each.outcome.severity, default=None)
    _end(step, _trouble(worst) if worst is not None else None)


def _end(step: AbstractContextManager[None], trouble: BaseException | None) -> None:
    """End a step; an exception without its origin, which would be a place in this file."""
    step.__exit__(type(trouble) if trouble is not None else None, trouble, None)


def _title(check: CheckResult) -> str:
    provisional = ", provisional" if check.provisional else ""
    title = f"{check.outcome}: {check.requirement} ({check.level}{provisional})"
    if check.outcome is Outcome.WARN:  # Allure knows no warnings and hides what passed steps tell
        title += f"; expected {one_line(check.expected)}; observed {one_line(check.observed)}"
    return shortened(title, _LONGEST)


def _trouble(check: CheckResult) -> BaseException | None:
    """Return the exception by which allure tells the status of a step; None for passed."""
    cause = one_line(check.cause)
    match check.outcome:
        case Outcome.PASS | Outcome.WARN:
            return None
        case Outcome.FAIL:
            text = f"expected {one_line(check.expected)}; observed {one_line(check.observed)}"
            return pytest.fail.Exception(shortened(text, _LONGEST))
        case Outcome.INCONCLUSIVE | Outcome.ERROR:  # broken, in Allure's words
            return Exception(shortened(cause or one_line(check.observed), _LONGEST))
        case _:
            return pytest.skip.Exception(shortened(cause or str(check.outcome), _LONGEST))


def _attach(result: CaseResult) -> None:
    """Attach the octets; they are kept where something is not a plain pass."""
    blocks: list[str] = []
    for exchange in result.exchanges:
        note = f": {one_line(exchange.note)}" if exchange.note else ""
        head = f"--- step {exchange.step}, connection {exchange.connection}{note}"
        blocks.append(f"{head}\n{exchange.sent}\n--- answer\n{exchange.received}")
    if blocks:
        text = clean("\n\n".join(blocks))
        allure.attach(text, name=TRANSCRIPT, attachment_type=allure.attachment_type.TEXT)
