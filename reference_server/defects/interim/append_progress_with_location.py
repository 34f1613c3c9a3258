"""Progress of an append is reported with Location."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _AppendProgressWithLocation(Policy):
    def progress(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        lines = super().progress(call, upload)
        if call.request.path != upload.path:
            return lines
        return (*lines, self.upload_location(upload))


DEFECT = Defect(
    name="append-progress-with-location",
    title="Progress of an append is reported with Location",
    requirements=("RUFH-APPEND-104-NO-LOCATION",),
    drafts=(9, 5, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_AppendProgressWithLocation,
)
