"""An empty append that completes the upload is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.core.problems import Problem
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _ClosingAppendRefused(Policy):
    def completeness_of_append(self, call: Call, upload: Upload) -> bool:
        complete = super().completeness_of_append(call, upload)
        if complete and call.request.length == 0:
            self.refuse(call, upload, Problem(status=400, detail="There is no content."))
        return complete


DEFECT = Defect(
    name="closing-append-refused",
    title="An empty append that completes the upload is refused",
    requirements=("RUFH-APPEND-EMPTY-COMPLETES",),
    drafts=(9, 5, 6),
    difficulty=Difficulty.WIRE,
    override=_ClosingAppendRefused,
)
