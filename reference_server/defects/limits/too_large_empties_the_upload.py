"""An append that is too large takes everything before it along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine, Response
    from reference_server.core.problems import Problem
    from reference_server.core.uploads import Upload


class _TooLargeEmptiesTheUpload(Policy):
    def transfer_refusal(
        self, call: Call, upload: Upload | None, problem: Problem, *fields: FieldLine
    ) -> Response:
        if upload is not None and problem.status == 413:
            upload.blob.truncate(0)
        return super().transfer_refusal(call, upload, problem, *fields)


DEFECT = Defect(
    name="too-large-empties-the-upload",
    title="An append that is too large takes everything before it along",
    requirements=("SUITE-INTEGRITY-ACKNOWLEDGED-LOST",),
    drafts=(9, 6),
    difficulty=Difficulty.WIRE,
    override=_TooLargeEmptiesTheUpload,
)
