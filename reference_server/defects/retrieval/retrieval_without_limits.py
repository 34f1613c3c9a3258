"""Offset retrieval does not tell the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _RetrievalWithoutLimits(Policy):
    def fields_for_retrieval(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        return without(super().fields_for_retrieval(call, upload), "Upload-Limit")


DEFECT = Defect(
    name="retrieval-without-limits",
    title="Offset retrieval does not tell the limits",
    requirements=("RUFH-RETRIEVE-LIMIT-KNOWN",),
    drafts=(9, 8),
    difficulty=Difficulty.WIRE,
    override=_RetrievalWithoutLimits,
)
