"""Progress of a creation is reported with Location again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _ProgressWithLocation(Policy):
    def progress(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        lines = super().progress(call, upload)
        if call.request.path == upload.path:
            return lines
        return (*lines, self.upload_location(upload))


DEFECT = Defect(
    name="progress-with-location",
    title="Progress of a creation is reported with Location again",
    requirements=("RUFH-H-104-SINGLE-LOCATION",),
    drafts=(5, 6, 7),
    difficulty=Difficulty.WIRE,
    override=_ProgressWithLocation,
)
