"""A folded field line is read as a line of its own."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection, split_head


class _FoldMakesANewLine(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        head, rest = split_head(data)
        return re.sub(rb"\r\n[ \t]+", rb"\r\n", head) + rest


DEFECT = Defect(
    name="fold-makes-a-new-line",
    title="A folded field line is read as a line of its own",
    requirements=("H1-OBS-FOLD-REQUEST",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_FoldMakesANewLine,
    transport=Transport.H1,
)
