"""A refusal for size does not tell the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine, Response
    from reference_server.core.problems import Problem
    from reference_server.core.uploads import Upload


class _TooLargeWithoutLimits(Policy):
    def transfer_refusal(
        self, call: Call, upload: Upload | None, problem: Problem, *fields: FieldLine
    ) -> Response:
        return super().transfer_refusal(call, upload, problem, *without(fields, "Upload-Limit"))


DEFECT = Defect(
    name="too-large-without-limits",
    title="A refusal for size does not tell the limits",
    requirements=("RUFH-LIMIT-VIOLATION-UPLOAD-LIMIT",),
    drafts=(9,),
    difficulty=Difficulty.WIRE,
    override=_TooLargeWithoutLimits,
)
