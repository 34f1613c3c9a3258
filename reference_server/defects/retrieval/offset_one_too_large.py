"""Offset retrieval tells one octet more than there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import changed

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _OffsetOneTooLarge(Policy):
    def fields_for_retrieval(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        lines = super().fields_for_retrieval(call, upload)
        return changed(lines, "Upload-Offset", str(upload.offset + 1))


DEFECT = Defect(
    name="offset-one-too-large",
    title="Offset retrieval tells one octet more than there is",
    requirements=(
        "SUITE-INTEGRITY-BEYOND-SENT",
        "RUFH-RETRIEVE-UPLOAD-OFFSET",
        "RUFH-CONCURRENCY-OFFSET-ACCEPTED",
        "SUITE-INTEGRITY-ANNOUNCED-REFUSED",
    ),
    drafts=(8, 9, 6, 3),
    difficulty=Difficulty.WIRE,
    override=_OffsetOneTooLarge,
)
