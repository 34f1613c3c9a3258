"""A refusal carries both Content-Length and Transfer-Encoding."""

from __future__ import annotations

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _TwoFramingsSent(RewritingConnection):
    def rewrite_response(self, data: bytes) -> bytes:
        head, end, content = data.partition(b"\r\n\r\n")
        if not data.startswith(b"HTTP/1.1 4") or not content:
            return data
        return b"%b\r\nTransfer-Encoding: chunked%b%x\r\n%b\r\n0\r\n\r\n" % (
            head,
            end,
            len(content),
            content,
        )


DEFECT = Defect(
    name="two-framings-sent",
    title="A refusal carries both Content-Length and Transfer-Encoding",
    requirements=("H1-RESPONSE-FRAMING",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_TwoFramingsSent,
    transport=Transport.H1,
)
