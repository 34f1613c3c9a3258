"""A bare CR ends a field line."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection, split_head


class _BareCrEndsALine(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        head, rest = split_head(data)
        return re.sub(rb"\r(?!\n)", b"\r\n", head) + rest


DEFECT = Defect(
    name="bare-cr-ends-a-line",
    title="A bare CR ends a field line",
    requirements=("H1-BARE-CR-REQUEST", "HTTP-FIELD-VALUE-CONTROL"),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_BareCrEndsALine,
    transport=Transport.H1,
)
