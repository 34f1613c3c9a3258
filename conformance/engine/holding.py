"""Standing rules over a whole run: which of them held, told once for each draft and transport.

Rules such as "no 104 of an append carries Location" are looked at in every exchange of every case.
Where one is broken the case says so; that it held is told here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.model.outcome import Outcome
from conformance.model.requirement import Verdict
from conformance.model.result import CaseResult, CheckResult
from conformance.profiles.rufh import registry, standing

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = "standing"
_TITLE = "Rules that hold for every exchange"
_WHY = "They are looked at in all scenarios; a case in which one is broken says so itself."
_UNSEEN = "no exchange of this run showed anything it could be judged by"


def with_standing(results: Iterable[CaseResult]) -> tuple[CaseResult, ...]:
    """Return the results, with a case for each draft and transport that tells what held."""
    cases = tuple(results)
    held: dict[tuple[int, str], set[str]] = defaultdict(set)
    broken: dict[tuple[int, str], set[str]] = defaultdict(set)
    for case in cases:
        if not case.checks:
            continue
        key = (case.draft, case.transport)
        held[key].update(case.held)
        broken[key].update(check.requirement for check in case.checks if not check.step)
    made = [
        _case(draft, transport, held[draft, transport], broken[draft, transport])
        for draft, transport in sorted(held)
    ]
    return (*(replace(case, held=()) for case in cases), *made)


def _case(draft: int, transport: str, held: set[str], broken: set[str]) -> CaseResult:
    checks = tuple(
        _check(requirement, draft, transport, seen=requirement in held)
        for requirement in standing.STANDING
        if requirement not in broken
        and registry.load().get(requirement).concerns(transport)
        and registry.load().verdict(requirement, draft) is not Verdict.SKIP
    )
    return CaseResult(
        id=f"{NAME}/{draft}/{transport}",
        scenario=NAME,
        case="",
        draft=draft,
        transport=transport,
        title=_TITLE,
        topic=NAME,
        why=_WHY,
        outcome=Outcome.PASS if held else Outcome.NOT_OBSERVED,
        checks=checks,
    )


def _check(requirement: str, draft: int, transport: str, *, seen: bool) -> CheckResult:
    row = registry.load().get(requirement)
    return CheckResult(
        id=f"{NAME}/{requirement}/{draft}/{transport}",
        requirement=requirement,
        step="",
        level=str(row.levels[draft]),
        verdict=str(row.verdicts[draft]),
        provisional=draft in row.provisional,
        outcome=Outcome.PASS if seen else Outcome.NOT_OBSERVED,
        cause="" if seen else _UNSEEN,
    )
