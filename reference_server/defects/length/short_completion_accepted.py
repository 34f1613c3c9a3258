"""An upload is completed short of its announced length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _ShortCompletionAccepted(Policy):
    def indicated_length(self, call: Call, upload: Upload | None, *, complete: bool) -> int | None:
        told = self.read_length(call)
        base = 0 if upload is None else upload.offset
        total = self.total_of_request(call, base, complete=complete)
        if total is not None:
            return total
        if told is not None:
            return told
        return None if upload is None else upload.length


DEFECT = Defect(
    name="short-completion-accepted",
    title="An upload is completed short of its announced length",
    requirements=("RUFH-LENGTH-MISMATCH-REJECT",),
    drafts=(9, 4, 5, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_ShortCompletionAccepted,
)
