"""Space between a field name and its colon is dropped."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _SpaceBeforeColonForgiven(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        return re.sub(rb"(\r\n[A-Za-z-]+)[ \t]+:", rb"\1:", data)


DEFECT = Defect(
    name="space-before-colon-forgiven",
    title="Space between a field name and its colon is dropped",
    requirements=("H1-SPACE-BEFORE-COLON-400",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_SpaceBeforeColonForgiven,
    transport=Transport.H1,
)
