"""A 204 carries Transfer-Encoding."""

from __future__ import annotations

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _TransferEncodingOn204(RewritingConnection):
    def rewrite_response(self, data: bytes) -> bytes:
        return data.replace(
            b"HTTP/1.1 204 No Content\r\n",
            b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n",
        )


DEFECT = Defect(
    name="transfer-encoding-on-204",
    title="A 204 carries Transfer-Encoding",
    requirements=("H1-NO-TE-1XX-204",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_TransferEncodingOn204,
    transport=Transport.H1,
)
