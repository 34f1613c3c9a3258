"""Several runs of one case merged into one result.

A fail is looked at twice: what fails again is certain (2/2), what does not stays a fail and says
so (1/2), because an upload that is corrupted every other time is corrupted. A race (``repeat: n``)
runs n times in the first place and says in how many of them each check had its worst outcome.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.model.outcome import Outcome, worst

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.model.result import CaseResult, CheckResult, ExchangeText

_FAILS = frozenset({Outcome.FAIL})
_FAILS_AND_WARNS = frozenset({Outcome.FAIL, Outcome.WARN})


def confirm(first: CaseResult, again: CaseResult) -> CaseResult:
    """Hold a second run on fresh connections against one that had fails.

    Only fails speak: what failed in both is 2/2, what failed in either is 1/2 and stays a fail;
    everything else is as the first run found it.
    """
    failed = {check.id for check in first.checks if check.outcome is Outcome.FAIL}
    speaking = tuple(
        check for check in again.checks if check.id in failed or check.outcome is Outcome.FAIL
    )
    return merge((first, replace(again, checks=speaking)), counted=_FAILS)


def merge(runs: Sequence[CaseResult], *, counted: frozenset[Outcome] | None = None) -> CaseResult:
    """Merge runs of one case, check by check, by the worst outcome.

    The evidence of each check is that of the run it comes from; the exchanges kept are those of
    the runs that checks worse than a pass come from.

    Args:
        runs: results of the same case, in the order they were made.
        counted: outcomes for which ``seen`` tells in how many runs; fail and warn by default.
    """
    told = _FAILS_AND_WARNS if counted is None else counted
    if len(runs) == 1:
        return runs[0]
    kept: list[ExchangeText] = []
    shifts: dict[int, int] = {}
    checks = []
    for key in _ids(runs):
        found = [(number, check) for number, run in enumerate(runs) for check in _of(run, key)]
        number, check = max(found, key=lambda pair: (pair[1].outcome.severity, -pair[0]))
        if check.evidence and runs[number].exchanges and number not in shifts:
            shifts[number] = len(kept)
            kept.extend(runs[number].exchanges)
        shift = shifts.get(number, 0)
        checks.append(
            replace(
                check,
                seen=_seen(check, [each for _, each in found], len(runs), told),
                evidence=tuple(position + shift for position in check.evidence),
            )
        )
    first = runs[0]
    return replace(
        first,
        outcome=worst(check.outcome for check in checks) if checks else worst(_outcomes(runs)),
        checks=tuple(checks),
        exchanges=tuple(kept) or first.exchanges,
        facts=tuple(dict.fromkeys(fact for run in runs for fact in run.facts)),
        cause=next((run.cause for run in runs if run.cause), ""),
        seconds=sum(run.seconds for run in runs),
        requests=sum(run.requests for run in runs),
        octets=sum(run.octets for run in runs),
        leftovers=sum(run.leftovers for run in runs),
        held=tuple(dict.fromkeys(name for run in runs for name in run.held)),
    )


def _ids(runs: Sequence[CaseResult]) -> list[str]:
    """Return every check id, in the order of the file: first run first, newcomers at the end."""
    return list(dict.fromkeys(check.id for run in runs for check in run.checks))


def _of(run: CaseResult, key: str) -> list[CheckResult]:
    return [check for check in run.checks if check.id == key]


def _outcomes(runs: Sequence[CaseResult]) -> list[Outcome]:
    return [run.outcome for run in runs]


def _seen(
    check: CheckResult, found: Sequence[CheckResult], runs: int, told: frozenset[Outcome]
) -> str:
    if check.outcome not in told:
        return check.seen
    same = Counter(each.outcome for each in found)[check.outcome]
    return f"{min(same, runs)}/{runs}"
