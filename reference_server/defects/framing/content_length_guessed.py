"""The digits of an invalid Content-Length are used."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _ContentLengthGuessed(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        return re.sub(rb"(Content-Length:)[^\r0-9]*(\d+)[^\r]*\r\n", rb"\1 \2\r\n", data)


DEFECT = Defect(
    name="content-length-guessed",
    title="The digits of an invalid Content-Length are used",
    requirements=("H1-CL-INVALID-400",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_ContentLengthGuessed,
    transport=Transport.H1,
)
