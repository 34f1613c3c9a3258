"""A field line of a response is folded."""

from __future__ import annotations

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _FoldedResponse(RewritingConnection):
    def rewrite_response(self, data: bytes) -> bytes:
        return data.replace(b"Date: ", b"Date:\r\n ")


DEFECT = Defect(
    name="folded-response",
    title="A field line of a response is folded",
    requirements=("H1-RESPONSE-NO-OBS-FOLD",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_FoldedResponse,
    transport=Transport.H1,
)
