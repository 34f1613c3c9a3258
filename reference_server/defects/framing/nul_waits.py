"""After a NUL in the head the server waits for ever."""

from __future__ import annotations

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection, split_head


class _NulWaits(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        head, rest = split_head(data)
        return b"" if b"\0" in head else head + rest


DEFECT = Defect(
    name="nul-waits",
    title="After a NUL in the head the server waits for ever",
    requirements=("HTTP-FIELD-VALUE-CONTROL",),
    drafts=(9, 3),
    difficulty=Difficulty.TIME,
    override=_NulWaits,
    transport=Transport.H1,
)
