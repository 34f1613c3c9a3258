"""Offset retrieval rounds down to 4 KiB, an append has to begin at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import changed

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _ToldOffsetRefused(Policy):
    def fields_for_retrieval(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        lines = super().fields_for_retrieval(call, upload)
        return changed(lines, "Upload-Offset", str(upload.offset // 4096 * 4096))


DEFECT = Defect(
    name="told-offset-refused",
    title="Offset retrieval rounds down to 4 KiB, an append has to begin at the end",
    requirements=("SUITE-INTEGRITY-ANNOUNCED-REFUSED",),
    drafts=(9, 6, 3),
    difficulty=Difficulty.WIRE,
    override=_ToldOffsetRefused,
)
