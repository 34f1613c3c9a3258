"""An append that was cut completes the upload with what has arrived."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _CutAppendCompletes(Transfer):
    def interrupted(self) -> None:
        if self._done:
            return
        if self._complete and not self._creating:
            self._finish_upload()
        else:
            super().interrupted()


DEFECT = Defect(
    name="cut-append-completes",
    title="An append that was cut completes the upload with what has arrived",
    requirements=("RUFH-APPEND-PARTIAL-NOT-COMPLETE", "SUITE-INTEGRITY-CUT-NOT-COMPLETE"),
    drafts=(9, 3, 6, 7, 8),
    difficulty=Difficulty.INTERRUPTION,
    override=_CutAppendCompletes,
)
