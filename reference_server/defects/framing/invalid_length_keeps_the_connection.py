"""After an invalid Content-Length the connection goes on."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection, split_head

_REFUSAL = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


class _InvalidLengthKeepsTheConnection(RewritingConnection):
    def data_received(self, data: bytes) -> None:
        head, _ = split_head(data)
        lengths = set(re.findall(rb"(?i)\r\ncontent-length: *([^\r]*)", head))
        if len(lengths) > 1 or any(not each.isdigit() for each in lengths):
            self._transport.write(_REFUSAL)
            return
        super().data_received(data)


DEFECT = Defect(
    name="invalid-length-keeps-the-connection",
    title="After an invalid Content-Length the connection goes on",
    requirements=("H1-CL-INVALID-400",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_InvalidLengthKeepsTheConnection,
    transport=Transport.H1,
)
