"""For a moment after an append offset retrieval still tells the offset before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import changed

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload

#: seconds from the beginning of an append to when its effect is seen
_STALE_SECONDS = 0.2


class _OffsetFromACache(Policy):
    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._before: dict[str, tuple[int, float]] = {}

    def check_offset(self, call: Call, upload: Upload, offset: int) -> None:
        super().check_offset(call, upload, offset)
        self._before[upload.identifier] = upload.offset, self.clock()

    def fields_for_retrieval(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        lines = super().fields_for_retrieval(call, upload)
        before, since = self._before.get(upload.identifier, (0, 0.0))
        if self.clock() - since > _STALE_SECONDS:
            return lines
        return changed(lines, "Upload-Offset", str(before))


DEFECT = Defect(
    name="offset-from-a-cache",
    title="For a moment after an append offset retrieval still tells the offset before it",
    requirements=("RUFH-CONCURRENCY-NO-STALE-OFFSET", "RUFH-RETRIEVE-UPLOAD-OFFSET"),
    drafts=(9, 3, 6, 8),
    difficulty=Difficulty.WIRE,
    override=_OffsetFromACache,
)
