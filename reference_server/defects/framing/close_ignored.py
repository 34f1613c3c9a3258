"""The close option of a client is ignored."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _CloseIgnored(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        return re.sub(rb"\r\nConnection: *close", b"", data, flags=re.IGNORECASE)


DEFECT = Defect(
    name="close-ignored",
    title="The close option of a client is ignored",
    requirements=("H1-CLOSE-HONOURED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_CloseIgnored,
    transport=Transport.H1,
)
