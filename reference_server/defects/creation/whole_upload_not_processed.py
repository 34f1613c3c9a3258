"""A creation that brings everything is only acknowledged, not answered by the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.uploads import Upload


class _WholeUploadNotProcessed(Policy):
    def completes(self, upload: Upload, *, complete: bool) -> bool:
        return complete and upload.transfer is not None and upload.offset != upload.length


DEFECT = Defect(
    name="whole-upload-not-processed",
    title="A creation that brings everything is only acknowledged, not answered by the target",
    requirements=("RUFH-CREATE-COMPLETE-PROCESS",),
    drafts=(9, 4),
    difficulty=Difficulty.WIRE,
    override=_WholeUploadNotProcessed,
)
