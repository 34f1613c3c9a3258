"""The status in a problem document is not that of the response."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.messages import FieldLine, Response
    from reference_server.core.problems import Problem


class _ProblemWithAnotherStatus(Policy):
    def refusal(self, problem: Problem, *fields: FieldLine) -> Response:
        response = super().refusal(problem, *fields)
        return replace(response, content=replace(problem, status=500).document())


DEFECT = Defect(
    name="problem-with-another-status",
    title="The status in a problem document is not that of the response",
    requirements=("PROBLEM-STATUS-MATCH",),
    drafts=(9, 6),
    difficulty=Difficulty.WIRE,
    override=_ProblemWithAnotherStatus,
)
