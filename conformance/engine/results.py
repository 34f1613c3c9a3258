"""The part of a case's result that is known before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.model.result import CaseResult

if TYPE_CHECKING:
    from conformance.model.outcome import Outcome
    from conformance.model.scenario import Case


def case_result(
    case: Case, draft: int, transport: str, outcome: Outcome, cause: str = ""
) -> CaseResult:
    """Return a result without checks.

    Args:
        case: what the file says.
        draft: draft number.
        transport: ``h1``.
        outcome: what became of it.
        cause: why nothing was judged; may be empty.
    """
    scenario = case.scenario
    return CaseResult(
        id=f"{case.id}/{draft}/{transport}",
        scenario=scenario.id,
        case=case.name,
        draft=draft,
        transport=transport,
        title=scenario.title,
        topic=scenario.topic,
        why=scenario.why,
        outcome=outcome,
        cause=cause,
        path=scenario.path,
    )
