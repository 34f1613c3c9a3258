"""Of two ways of framing Content-Length is believed, and the connection stays."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _ContentLengthBeforeChunked(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        if b"ontent-Length:" not in data:
            return data
        return re.sub(rb"Transfer-Encoding: *chunked\r\n", b"", data)


DEFECT = Defect(
    name="content-length-before-chunked",
    title="Of two ways of framing Content-Length is believed, and the connection stays",
    requirements=("H1-TE-CL-CLOSE", "H1-READ-OR-CLOSE"),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_ContentLengthBeforeChunked,
    transport=Transport.H1,
)
