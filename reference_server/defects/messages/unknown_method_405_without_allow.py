"""An unknown method is refused with 405 and no Allow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.messages import FieldLine, Response
    from reference_server.core.problems import Problem


class _UnknownMethod405WithoutAllow(Policy):
    def refusal(self, problem: Problem, *fields: FieldLine) -> Response:
        if problem.status == 501:
            problem = replace(problem, status=405)
        return super().refusal(problem, *fields)


DEFECT = Defect(
    name="unknown-method-405-without-allow",
    title="An unknown method is refused with 405 and no Allow",
    requirements=("HTTP-405-ALLOW",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_UnknownMethod405WithoutAllow,
)
