"""A conflict is answered with its problem document, but with 400."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine, Response
    from reference_server.core.problems import Problem
    from reference_server.core.uploads import Upload


class _ConflictProblemWithAnotherStatus(Policy):
    def transfer_refusal(
        self, call: Call, upload: Upload | None, problem: Problem, *fields: FieldLine
    ) -> Response:
        response = super().transfer_refusal(call, upload, problem, *fields)
        return replace(response, status=400) if response.status == 409 else response


DEFECT = Defect(
    name="conflict-problem-with-another-status",
    title="A conflict is answered with its problem document, but with 400",
    requirements=("PROBLEM-STATUS-MATCH", "RUFH-APPEND-OFFSET-MISMATCH-409"),
    drafts=(9, 6),
    difficulty=Difficulty.WIRE,
    override=_ConflictProblemWithAnotherStatus,
)
