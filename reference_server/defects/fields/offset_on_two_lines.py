"""Upload-Offset is sent on two lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _OffsetOnTwoLines(Policy):
    def fields_for_retrieval(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        return (*super().fields_for_retrieval(call, upload), self.offset(upload))


DEFECT = Defect(
    name="offset-on-two-lines",
    title="Upload-Offset is sent on two lines",
    requirements=("HTTP-NO-DUPLICATE-LINES",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_OffsetOnTwoLines,
)
