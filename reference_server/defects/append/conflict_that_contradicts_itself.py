"""The problem document of a wrong offset says that it is the right one."""

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


class _ConflictThatContradictsItself(Policy):
    def transfer_refusal(
        self, call: Call, upload: Upload | None, problem: Problem, *fields: FieldLine
    ) -> Response:
        if problem.status == 409 and upload is not None:
            at = upload.offset
            problem = replace(problem, members=(("expected-offset", at), ("provided-offset", at)))
        return super().transfer_refusal(call, upload, problem, *fields)


DEFECT = Defect(
    name="conflict-that-contradicts-itself",
    title="The problem document of a wrong offset says that it is the right one",
    requirements=("RUFH-PROBLEM-OFFSET-MEMBERS",),
    drafts=(9, 6),
    difficulty=Difficulty.WIRE,
    override=_ConflictThatContradictsItself,
)
