"""The status line ends after the code, without the space."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _StatusLineWithoutReasonSpace(RewritingConnection):
    def rewrite_response(self, data: bytes) -> bytes:
        return re.sub(rb"^(HTTP/1\.1 \d+) [^\r]*", rb"\1", data)


DEFECT = Defect(
    name="status-line-without-reason-space",
    title="The status line ends after the code, without the space",
    requirements=("H1-RESPONSE-STATUS-LINE",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_StatusLineWithoutReasonSpace,
    transport=Transport.H1,
)
