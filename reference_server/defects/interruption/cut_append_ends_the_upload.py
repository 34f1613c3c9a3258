"""An upload whose append was cut is gone."""

from __future__ import annotations

from reference_server.core.states import Input
from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _CutAppendEndsTheUpload(Transfer):
    def interrupted(self) -> None:
        live = not self._done
        super().interrupted()
        if live and not self._creating:
            self._registry.remove(self._upload, Input.EXPIRE)


DEFECT = Defect(
    name="cut-append-ends-the-upload",
    title="An upload whose append was cut is gone",
    requirements=("RUFH-APPEND-SAVE-PARTIAL",),
    drafts=(9, 6, 7, 8),
    difficulty=Difficulty.INTERRUPTION,
    override=_CutAppendEndsTheUpload,
)
