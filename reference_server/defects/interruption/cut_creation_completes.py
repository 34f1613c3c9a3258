"""A creation that was cut completes the upload with what has arrived."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _CutCreationCompletes(Transfer):
    def interrupted(self) -> None:
        if self._done:
            return
        if self._creating and self._complete:
            self._finish_upload()
        else:
            super().interrupted()


DEFECT = Defect(
    name="cut-creation-completes",
    title="A creation that was cut completes the upload with what has arrived",
    requirements=("RUFH-CREATE-PARTIAL-NOT-COMPLETE", "SUITE-INTEGRITY-CUT-NOT-COMPLETE"),
    drafts=(6, 3, 4, 5, 7, 8, 9),
    difficulty=Difficulty.INTERRUPTION,
    override=_CutCreationCompletes,
)
