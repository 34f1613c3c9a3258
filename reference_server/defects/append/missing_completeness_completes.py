"""An append without the completeness field completes the upload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _MissingCompletenessCompletes(Policy):
    def completeness_of_append(self, call: Call, upload: Upload) -> bool:
        del upload
        return self.read_completeness(call) is not False


DEFECT = Defect(
    name="missing-completeness-completes",
    title="An append without the completeness field completes the upload",
    requirements=("RUFH-APPEND-WITHOUT-COMPLETE",),
    drafts=(9, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_MissingCompletenessCompletes,
)
