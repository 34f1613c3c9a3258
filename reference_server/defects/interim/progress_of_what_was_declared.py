"""Progress counts what the request declares instead of what has arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import changed

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _ProgressOfWhatWasDeclared(Policy):
    def progress(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        length = call.request.length or 0
        claimed = max(upload.offset, length)
        return changed(super().progress(call, upload), "Upload-Offset", str(claimed))


DEFECT = Defect(
    name="progress-of-what-was-declared",
    title="Progress counts what the request declares instead of what has arrived",
    requirements=("SUITE-INTEGRITY-BEYOND-SENT",),
    drafts=(6, 5, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_ProgressOfWhatWasDeclared,
)
