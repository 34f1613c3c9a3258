"""Content shorter than its Content-Length is taken for whole."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty, Transport


class _ShortContentAccepted(Transfer):
    def interrupted(self) -> None:
        if not self._done and self._call.request.length is not None:
            self._upload.length = None
            self.end()
        else:
            super().interrupted()


DEFECT = Defect(
    name="short-content-accepted",
    title="Content shorter than its Content-Length is taken for whole",
    requirements=("H1-CL-SHORT-INCOMPLETE",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.INTERRUPTION,
    override=_ShortContentAccepted,
    transport=Transport.H1,
)
