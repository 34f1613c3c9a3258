"""Upload-Offset is sent with a space before the colon."""

from __future__ import annotations

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _SpaceBeforeColonSent(RewritingConnection):
    def rewrite_response(self, data: bytes) -> bytes:
        return data.replace(b"Upload-Offset:", b"Upload-Offset :")


DEFECT = Defect(
    name="space-before-colon-sent",
    title="Upload-Offset is sent with a space before the colon",
    requirements=("H1-RESPONSE-FIELD-SYNTAX",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_SpaceBeforeColonSent,
    transport=Transport.H1,
)
