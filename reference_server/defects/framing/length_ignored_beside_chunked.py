"""Content-Length beside chunked coding is passed over without a word."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection, split_head


class _LengthIgnoredBesideChunked(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        head, rest = split_head(data)
        if re.search(rb"(?i)\r\ntransfer-encoding: *chunked", head):
            head = re.sub(rb"(?i)\r\ncontent-length:[^\r]*", b"", head)
        return head + rest


DEFECT = Defect(
    name="length-ignored-beside-chunked",
    title="Content-Length beside chunked coding is passed over without a word",
    requirements=("H1-TE-CL-CLOSE",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_LengthIgnoredBesideChunked,
    transport=Transport.H1,
)
