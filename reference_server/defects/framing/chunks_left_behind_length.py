"""Chunked content beside Content-Length is in part read as the next request."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection, split_head

_REFUSAL = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


class _ChunksLeftBehindLength(RewritingConnection):
    _left = False

    def rewrite_request(self, data: bytes) -> bytes:
        head, rest = split_head(data)
        if head and self._left:
            self._left = False
            self._transport.write(_REFUSAL)
        if re.search(rb"(?i)\r\ntransfer-encoding: *chunked", head):
            head, found = re.subn(rb"(?i)\r\ncontent-length:[^\r]*", b"", head)
            self._left = found > 0
        return head + rest


DEFECT = Defect(
    name="chunks-left-behind-length",
    title="Chunked content beside Content-Length is in part read as the next request",
    requirements=("H1-READ-OR-CLOSE", "H1-TE-CL-CLOSE"),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_ChunksLeftBehindLength,
    transport=Transport.H1,
)
