"""Offset retrieval tells complete as soon as the length is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import changed

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _CompleteAtLength(Policy):
    def fields_for_retrieval(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        lines = super().fields_for_retrieval(call, upload)
        reached = upload.complete or upload.offset == upload.length
        name, value = self.completeness(call.draft, complete=reached)
        return changed(lines, name, value)


DEFECT = Defect(
    name="complete-at-length",
    title="Offset retrieval tells complete as soon as the length is reached",
    requirements=("RUFH-LENGTH-NOT-COMPLETION",),
    drafts=(9, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_CompleteAtLength,
)
