"""Offset retrieval does not tell the offset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _RetrievalWithoutOffset(Policy):
    def fields_for_retrieval(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        return without(super().fields_for_retrieval(call, upload), "Upload-Offset")


DEFECT = Defect(
    name="retrieval-without-offset",
    title="Offset retrieval does not tell the offset",
    requirements=("RUFH-RETRIEVE-UPLOAD-OFFSET",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_RetrievalWithoutOffset,
)
