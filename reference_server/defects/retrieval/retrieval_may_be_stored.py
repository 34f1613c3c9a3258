"""Offset retrieval may be stored by caches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _RetrievalMayBeStored(Policy):
    def fields_for_retrieval(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        return without(super().fields_for_retrieval(call, upload), "Cache-Control")


DEFECT = Defect(
    name="retrieval-may-be-stored",
    title="Offset retrieval may be stored by caches",
    requirements=("RUFH-RETRIEVE-NO-STORE",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_RetrievalMayBeStored,
)
