"""An upload whose length is reached takes no further append, not even the closing one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _LengthReachedTakesNoMore(Policy):
    def check_offset(self, call: Call, upload: Upload, offset: int) -> None:
        if upload.offset == upload.length and not upload.complete:
            self.refuse_completed(call, upload)
        super().check_offset(call, upload, offset)


DEFECT = Defect(
    name="length-reached-takes-no-more",
    title="An upload whose length is reached takes no further append, not even the closing one",
    requirements=("RUFH-LENGTH-NOT-COMPLETION",),
    drafts=(9, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_LengthReachedTakesNoMore,
)
