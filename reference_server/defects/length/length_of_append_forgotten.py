"""The length an append announces is not remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _LengthOfAppendForgotten(Policy):
    def indicated_length(self, call: Call, upload: Upload | None, *, complete: bool) -> int | None:
        length = super().indicated_length(call, upload, complete=complete)
        return length if upload is None else upload.length


DEFECT = Defect(
    name="length-of-append-forgotten",
    title="The length an append announces is not remembered",
    requirements=("RUFH-APPEND-RECORD-LENGTH",),
    drafts=(9, 7),
    difficulty=Difficulty.WIRE,
    override=_LengthOfAppendForgotten,
)
