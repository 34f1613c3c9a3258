"""The refusal of a wrong offset does not tell the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine, Response
    from reference_server.core.problems import Problem
    from reference_server.core.uploads import Upload


class _ConflictWithoutOffset(Policy):
    def transfer_refusal(
        self, call: Call, upload: Upload | None, problem: Problem, *fields: FieldLine
    ) -> Response:
        told = upload if problem.status != 409 else None
        return super().transfer_refusal(call, told, problem, *fields)


DEFECT = Defect(
    name="conflict-without-offset",
    title="The refusal of a wrong offset does not tell the right one",
    requirements=("RUFH-APPEND-409-UPLOAD-OFFSET",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_ConflictWithoutOffset,
)
