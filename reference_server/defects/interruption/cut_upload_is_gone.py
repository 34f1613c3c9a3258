"""An upload is forgotten when its creation is cut."""

from __future__ import annotations

from reference_server.core.states import Input
from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _CutUploadIsGone(Transfer):
    def _cut(self) -> None:
        super()._cut()
        if self._creating:
            self._registry.remove(self._upload, Input.EXPIRE)


DEFECT = Defect(
    name="cut-upload-is-gone",
    title="An upload is forgotten when its creation is cut",
    requirements=("RUFH-CREATE-SAVE-PARTIAL",),
    drafts=(8,),
    difficulty=Difficulty.INTERRUPTION,
    override=_CutUploadIsGone,
)
