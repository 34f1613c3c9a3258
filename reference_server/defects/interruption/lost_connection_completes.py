"""A connection that is lost completes the upload, whatever the request said."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _LostConnectionCompletes(Transfer):
    def interrupted(self) -> None:
        if not self._done:
            self._finish_upload()


DEFECT = Defect(
    name="lost-connection-completes",
    title="A connection that is lost completes the upload, whatever the request said",
    requirements=("SUITE-INTEGRITY-CUT-NOT-COMPLETE",),
    drafts=(9, 6, 3),
    difficulty=Difficulty.INTERRUPTION,
    override=_LostConnectionCompletes,
)
