"""The last progress is told behind the final response."""

from __future__ import annotations

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection

_LATE = b"HTTP/1.1 104 Upload Resumption Supported\r\nUpload-Offset: 1024\r\n\r\n"


class _ProgressAfterTheEnd(RewritingConnection):
    def rewrite_response(self, data: bytes) -> bytes:
        stored = data.startswith(b"HTTP/1.1 2") and b"\r\nupload-complete: ?1\r\n" in data.lower()
        return data + _LATE if stored and not self._without_content else data


DEFECT = Defect(
    name="progress-after-the-end",
    title="The last progress is told behind the final response",
    requirements=("H1-RESPONSE-COMPLETE",),
    drafts=(9, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_ProgressAfterTheEnd,
    transport=Transport.H1,
)
