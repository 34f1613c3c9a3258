"""How a run becomes an exit code, by the worst thing that happened.

| code | meaning |
|------|---------|
| 0 | everything judged is as it should be |
| 1 | a fail, or an inconclusive, that the baseline does not know; with ``strict`` also a warning |
| 2 | the run itself is worth nothing: our error, an interrupt, a bound reached, nothing judged |
| 3 | the baseline lists failures that are gone |
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from conformance.model.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.model.result import CaseResult


class ExitCode(IntEnum):
    """Exit codes of ``resumable run``."""

    FINE = 0
    FOUND = 1
    BROKEN = 2
    STALE = 3


def exit_code(
    results: Iterable[CaseResult],
    *,
    known: Mapping[str, str] | None = None,
    stale: bool = False,
    strict: bool = False,
    stopped: str = "",
) -> ExitCode:
    """Return the exit code of a run.

    Args:
        results: every case.
        known: check and case ids the baseline lists.
        stale: the baseline lists something that is gone.
        strict: a warning counts like a fail.
        stopped: why the run ended early; empty if it did not.
    """
    baseline = known or {}
    outcomes = [
        outcome
        for case in results
        for key, outcome in judged_ids(case)
        if key not in baseline or outcome is Outcome.ERROR
    ]
    everything = [outcome for case in results for _, outcome in judged_ids(case)]
    if stopped or Outcome.ERROR in outcomes or not any(o.severity >= 0 for o in everything):
        return ExitCode.BROKEN
    counted = {Outcome.FAIL, Outcome.INCONCLUSIVE} | ({Outcome.WARN} if strict else set())
    if counted.intersection(outcomes):
        return ExitCode.FOUND
    return ExitCode.STALE if stale else ExitCode.FINE


def judged_ids(case: CaseResult) -> list[tuple[str, Outcome]]:
    """Return (id, outcome) of a case's checks, or of the case itself if it has none."""
    if case.checks:
        return [(check.id, check.outcome) for check in case.checks]
    return [(case.id, case.outcome)]
