"""The end of the connection is taken for the end of chunked content."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty, Transport


class _EofEndsChunkedContent(Transfer):
    def interrupted(self) -> None:
        if not self._done and self._call.request.length is None:
            self.end()
        else:
            super().interrupted()


DEFECT = Defect(
    name="eof-ends-chunked-content",
    title="The end of the connection is taken for the end of chunked content",
    requirements=("H1-CHUNKED-INCOMPLETE",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.INTERRUPTION,
    override=_EofEndsChunkedContent,
    transport=Transport.H1,
)
