"""After a CR without LF in the head the server waits for ever."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection, split_head


class _BareCrWaits(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        head, rest = split_head(data)
        return b"" if re.search(rb"\r(?!\n)", head) else head + rest


DEFECT = Defect(
    name="bare-cr-waits",
    title="After a CR without LF in the head the server waits for ever",
    requirements=("H1-BARE-CR-REQUEST",),
    drafts=(9, 3),
    difficulty=Difficulty.TIME,
    override=_BareCrWaits,
    transport=Transport.H1,
)
