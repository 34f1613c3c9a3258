"""The refusal of a wrong offset does not tell completeness."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine, Response
    from reference_server.core.problems import Problem
    from reference_server.core.uploads import Upload


class _ConflictWithoutCompleteness(Policy):
    def transfer_refusal(
        self, call: Call, upload: Upload | None, problem: Problem, *fields: FieldLine
    ) -> Response:
        response = super().transfer_refusal(call, upload, problem, *fields)
        if problem.status != 409:
            return response
        return replace(response, fields=without(response.fields, call.draft.completeness_field))


DEFECT = Defect(
    name="conflict-without-completeness",
    title="The refusal of a wrong offset does not tell completeness",
    requirements=("RUFH-APPEND-409-UPLOAD-COMPLETE-FALSE",),
    drafts=(7, 9),
    difficulty=Difficulty.WIRE,
    override=_ConflictWithoutCompleteness,
)
