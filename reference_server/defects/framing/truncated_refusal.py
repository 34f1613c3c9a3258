"""The content of a refusal is shorter than its Content-Length, and the connection ends."""

from __future__ import annotations

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _TruncatedRefusal(RewritingConnection):
    def rewrite_response(self, data: bytes) -> bytes:
        if not data.startswith(b"HTTP/1.1 4") or data.endswith(b"\r\n\r\n"):
            return data
        self._loop.call_soon(self._linger)
        return data[:-3]


DEFECT = Defect(
    name="truncated-refusal",
    title="The content of a refusal is shorter than its Content-Length, and the connection ends",
    requirements=("H1-RESPONSE-COMPLETE",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_TruncatedRefusal,
    transport=Transport.H1,
)
