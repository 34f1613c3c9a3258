"""Offset retrieval is answered from what the first one found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _FirstRetrievalKept(Policy):
    def fields_for_retrieval(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        kept: dict[str, tuple[FieldLine, ...]] = vars(self).setdefault("kept", {})
        return kept.setdefault(upload.identifier, super().fields_for_retrieval(call, upload))


DEFECT = Defect(
    name="first-retrieval-kept",
    title="Offset retrieval is answered from what the first one found",
    requirements=("RUFH-CONCURRENCY-NO-STALE-OFFSET",),
    drafts=(9, 8),
    difficulty=Difficulty.WIRE,
    override=_FirstRetrievalKept,
)
