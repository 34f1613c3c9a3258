"""Progress counts the octets of the request instead of those of the upload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import changed

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _ProgressOfTheRequest(Policy):
    def progress(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        begun = self.read_offset(call) or 0
        return changed(super().progress(call, upload), "Upload-Offset", str(upload.offset - begun))


DEFECT = Defect(
    name="progress-of-the-request",
    title="Progress counts the octets of the request instead of those of the upload",
    requirements=("RUFH-OFFSET-NO-DECREASE",),
    drafts=(9, 5, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_ProgressOfTheRequest,
)
