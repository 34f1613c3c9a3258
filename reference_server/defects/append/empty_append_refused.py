"""An empty append that completes nothing is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.core.problems import Problem
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _EmptyAppendRefused(Policy):
    def completeness_of_append(self, call: Call, upload: Upload) -> bool:
        complete = super().completeness_of_append(call, upload)
        if not complete and call.request.length == 0:
            self.refuse(call, upload, Problem(status=400, detail="There is no content."))
        return complete


DEFECT = Defect(
    name="empty-append-refused",
    title="An empty append that completes nothing is refused",
    requirements=("RUFH-MEDIATYPE-EMPTY-BLOCK",),
    drafts=(9, 6),
    difficulty=Difficulty.WIRE,
    override=_EmptyAppendRefused,
)
