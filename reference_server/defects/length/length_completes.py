"""An upload is complete as soon as its length is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Upload


class _LengthCompletes(Policy):
    def completes(self, upload: Upload, *, complete: bool) -> bool:
        return complete or upload.offset == upload.length


DEFECT = Defect(
    name="length-completes",
    title="An upload is complete as soon as its length is reached",
    requirements=("RUFH-LENGTH-NOT-COMPLETION",),
    drafts=(6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_LengthCompletes,
)
