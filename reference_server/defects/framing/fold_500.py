"""A folded field line is answered with 500."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection, split_head


class _Fold500(RewritingConnection):
    def data_received(self, data: bytes) -> None:
        head, _ = split_head(data)
        if re.search(rb"\r\n[ \t]", head):
            self._transport.write(
                b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
            )
            self._transport.close()
            return
        super().data_received(data)


DEFECT = Defect(
    name="fold-500",
    title="A folded field line is answered with 500",
    requirements=("H1-OBS-FOLD-REQUEST",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_Fold500,
    transport=Transport.H1,
)
