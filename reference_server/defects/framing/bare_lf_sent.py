"""A line of a response ends with a bare LF."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _BareLfSent(RewritingConnection):
    def rewrite_response(self, data: bytes) -> bytes:
        return re.sub(rb"(\r\nDate: [^\r]*)\r\n", rb"\1\n", data)


DEFECT = Defect(
    name="bare-lf-sent",
    title="A line of a response ends with a bare LF",
    requirements=("H1-RESPONSE-NO-BARE-CR-LF",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_BareLfSent,
    transport=Transport.H1,
)
