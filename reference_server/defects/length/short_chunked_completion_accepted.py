"""Chunked content may complete an upload short of its length."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _ShortChunkedCompletionAccepted(Transfer):
    def end(self) -> None:
        if not self._done and self._complete and self._call.request.length is None:
            self._upload.length = self._upload.offset
        super().end()


DEFECT = Defect(
    name="short-chunked-completion-accepted",
    title="Chunked content may complete an upload short of its length",
    requirements=("RUFH-LENGTH-MISMATCH-CHUNKED",),
    drafts=(9,),
    difficulty=Difficulty.WIRE,
    override=_ShortChunkedCompletionAccepted,
)
