"""The last response before the end does not say close."""

from __future__ import annotations

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _CloseNotAnnounced(RewritingConnection):
    def rewrite_response(self, data: bytes) -> bytes:
        return data.replace(b"\r\nConnection: close", b"")


DEFECT = Defect(
    name="close-not-announced",
    title="The last response before the end does not say close",
    requirements=("H1-CLOSE-ANNOUNCED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_CloseNotAnnounced,
    transport=Transport.H1,
)
