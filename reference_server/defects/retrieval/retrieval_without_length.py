"""Offset retrieval does not tell the announced length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _RetrievalWithoutLength(Policy):
    def fields_for_retrieval(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        return without(super().fields_for_retrieval(call, upload), "Upload-Length")


DEFECT = Defect(
    name="retrieval-without-length",
    title="Offset retrieval does not tell the announced length",
    requirements=("RUFH-RETRIEVE-UPLOAD-LENGTH",),
    drafts=(7, 6, 8, 9),
    difficulty=Difficulty.WIRE,
    override=_RetrievalWithoutLength,
)
