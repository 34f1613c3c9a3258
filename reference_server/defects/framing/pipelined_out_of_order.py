"""Pipelined requests are answered in the wrong order."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _PipelinedOutOfOrder(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        parts = re.split(rb"(?<=\r\n\r\n)(?=(?:HEAD|GET|OPTIONS|DELETE) )", data)
        return b"".join(reversed(parts)) if len(parts) > 1 else data


DEFECT = Defect(
    name="pipelined-out-of-order",
    title="Pipelined requests are answered in the wrong order",
    requirements=("H1-PIPELINE-ORDER",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_PipelinedOutOfOrder,
    transport=Transport.H1,
)
