"""An empty append may complete an upload short of its length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _EmptyCompletionAccepted(Policy):
    def indicated_length(self, call: Call, upload: Upload | None, *, complete: bool) -> int | None:
        if upload is not None and complete and call.request.length == 0:
            return upload.offset
        return super().indicated_length(call, upload, complete=complete)


DEFECT = Defect(
    name="empty-completion-accepted",
    title="An empty append may complete an upload short of its length",
    requirements=("RUFH-LENGTH-MISMATCH-REJECT",),
    drafts=(9, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_EmptyCompletionAccepted,
)
