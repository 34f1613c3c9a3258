"""A 204 carries Content-Length."""

from __future__ import annotations

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _ContentLengthOn204(RewritingConnection):
    def rewrite_response(self, data: bytes) -> bytes:
        return data.replace(
            b"HTTP/1.1 204 No Content\r\n", b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n"
        )


DEFECT = Defect(
    name="content-length-on-204",
    title="A 204 carries Content-Length",
    requirements=("HTTP-1XX-NO-CONTENT",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_ContentLengthOn204,
    transport=Transport.H1,
)
