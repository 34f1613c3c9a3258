"""An append at a wrong offset is refused with 400."""

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


class _Conflict400(Policy):
    def transfer_refusal(
        self, call: Call, upload: Upload | None, problem: Problem, *fields: FieldLine
    ) -> Response:
        if problem.status == 409:
            problem = replace(problem, status=400)
        return super().transfer_refusal(call, upload, problem, *fields)


DEFECT = Defect(
    name="conflict-400",
    title="An append at a wrong offset is refused with 400",
    requirements=("RUFH-APPEND-OFFSET-MISMATCH-409",),
    drafts=(6, 3, 9),
    difficulty=Difficulty.WIRE,
    override=_Conflict400,
)
