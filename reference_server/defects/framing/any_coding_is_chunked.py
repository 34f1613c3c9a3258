"""Any transfer coding is read as chunked."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _AnyCodingIsChunked(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        return re.sub(rb"(Transfer-Encoding:) *[^\r]*\r\n", rb"\1 chunked\r\n", data)


DEFECT = Defect(
    name="any-coding-is-chunked",
    title="Any transfer coding is read as chunked",
    requirements=("H1-TE-NOT-CHUNKED-400", "H1-TE-UNKNOWN-501"),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_AnyCodingIsChunked,
    transport=Transport.H1,
)
