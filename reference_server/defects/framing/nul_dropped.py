"""NUL is dropped from field values."""

from __future__ import annotations

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection, split_head


class _NulDropped(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        head, rest = split_head(data)
        return head.replace(b"\0", b"") + rest


DEFECT = Defect(
    name="nul-dropped",
    title="NUL is dropped from field values",
    requirements=("HTTP-FIELD-VALUE-CONTROL",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_NulDropped,
    transport=Transport.H1,
)
