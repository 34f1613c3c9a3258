"""Problem documents are sent as application/json."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import changed

if TYPE_CHECKING:
    from reference_server.core.messages import FieldLine, Response
    from reference_server.core.problems import Problem


class _ProblemAsPlainJson(Policy):
    def refusal(self, problem: Problem, *fields: FieldLine) -> Response:
        response = super().refusal(problem, *fields)
        return replace(
            response, fields=changed(response.fields, "Content-Type", "application/json")
        )


DEFECT = Defect(
    name="problem-as-plain-json",
    title="Problem documents are sent as application/json",
    requirements=("PROBLEM-MEDIATYPE",),
    drafts=(9, 6),
    difficulty=Difficulty.WIRE,
    override=_ProblemAsPlainJson,
)
