"""All scenarios: their checks over the cases, their cases over the drafts; passes take one cell.

A run has tens of thousands of checks and most of them pass. So a scenario shows one row per
check, summed up over its cases, and one row per case; failures and warnings have cards of their
own elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.model.outcome import Outcome, worst
from reports.html.tally import tally

if TYPE_CHECKING:
    from conformance.model.result import CaseResult, CheckResult
    from reports.story import Story


_JUDGED = sorted((each for each in Outcome if each.severity >= 0), key=lambda e: -e.severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of some checks: the worst, and how many of them."""

    outcome: str
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a table: a name and one tally per column, None where there is nothing."""

    name: str
    step: str
    cells: list[Tally | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioView:
    """One scenario.

    Attributes:
        id, title, topic, why, path: from the scenario.
        outcome: the worst of its cases.
        counts: outcome and number of judged checks, where there is any.
        columns: draft and transport, such as ``8 h1``.
        checks: one row per check.
        cases: one row per case; empty if there is but one.
        causes: why cases were not judged at all.
        seconds: wall time of all its cases.
    """

    id: str
    title: str
    topic: str
    why: str
    path: str
    outcome: str
    counts: list[tuple[str, int]]
    columns: list[str]
    checks: list[Line]
    cases: list[Line]
    causes: list[str]
    seconds: float


def scenarios(story: Story) -> list[ScenarioView]:
    """Return all scenarios of a run, in its order."""
    groups: dict[str, list[CaseResult]] = {}
    for case in story.run.results:
        groups.setdefault(case.scenario, []).append(case)
    return [_scenario(name, cases) for name, cases in groups.items()]


def _scenario(name: str, cases: list[CaseResult]) -> ScenarioView:
    first = cases[0]
    keys = sorted({(case.draft, case.transport) for case in cases})
    outcomes = [check.outcome for case in cases for check in case.checks]
    counts = [(str(each), outcomes.count(each)) for each in _JUDGED if each in outcomes]
    names = {case.case for case in cases}
    return ScenarioView(
        id=name,
        title=first.title,
        topic=first.topic,
        why=first.why,
        path=first.path,
        outcome=str(worst(case.outcome for case in cases)),
        counts=counts,
        columns=[_column(*key, several=len({t for _, t in keys}) > 1) for key in keys],
        checks=_checks(cases, keys),
        cases=_cases(cases, keys) if len(names) > 1 else [],
        causes=list(dict.fromkeys(case.cause for case in cases if case.cause)),
        seconds=sum(case.seconds for case in cases),
    )


def _column(draft: int, transport: str, *, several: bool) -> str:
    name = str(draft) if draft else "none"
    return f"{name} {transport}" if several else name


def _checks(cases: list[CaseResult], keys: list[tuple[int, str]]) -> list[Line]:
    found: dict[tuple[str, str], dict[tuple[int, str], list[Outcome]]] = {}
    for case in cases:
        for check in case.checks:
            columns = found.setdefault((check.step, _label(case, check)), {})
            columns.setdefault((case.draft, case.transport), []).append(check.outcome)
    return [
        Line(name=name, step=step, cells=[_tally(columns.get(key, [])) for key in keys])
        for (step, name), columns in found.items()
    ]


def _cases(cases: list[CaseResult], keys: list[tuple[int, str]]) -> list[Line]:
    found: dict[str, dict[tuple[int, str], list[Outcome]]] = {}
    for case in cases:
        columns = found.setdefault(case.case, {})
        columns.setdefault((case.draft, case.transport), []).append(case.outcome)
    return [
        Line(name=name, step="", cells=[_tally(columns.get(key, [])) for key in keys])
        for name, columns in found.items()
    ]


def _label(case: CaseResult, check: CheckResult) -> str:
    """Return the requirement with the label its check id carries."""
    tail = f"/{case.draft}/{case.transport}"
    last = check.id.removesuffix(tail).rpartition("/")[2]
    return last if last.startswith(f"{check.requirement}.") else check.requirement


def _tally(outcomes: list[Outcome]) -> Tally | None:
    if not outcomes:
        return None
    outcome, share = tally(outcomes)
    return Tally(outcome=outcome, share=share)
