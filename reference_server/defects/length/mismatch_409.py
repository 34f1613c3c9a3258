"""Contradicting lengths are refused with 409."""

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


class _Mismatch409(Policy):
    def transfer_refusal(
        self, call: Call, upload: Upload | None, problem: Problem, *fields: FieldLine
    ) -> Response:
        if "length" in problem.detail and problem.status == 400:
            problem = replace(problem, status=409)
        return super().transfer_refusal(call, upload, problem, *fields)


DEFECT = Defect(
    name="mismatch-409",
    title="Contradicting lengths are refused with 409",
    requirements=("RUFH-H-APPEND-LENGTH-MISMATCH-400",),
    drafts=(5, 4, 6),
    difficulty=Difficulty.WIRE,
    override=_Mismatch409,
)
