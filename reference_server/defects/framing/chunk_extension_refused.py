"""A chunk extension makes the request fail."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _ChunkExtensionRefused(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        return re.sub(rb"\r\n[0-9A-Fa-f]+ *;", b"\r\nzz;", data)


DEFECT = Defect(
    name="chunk-extension-refused",
    title="A chunk extension makes the request fail",
    requirements=("H1-CHUNK-EXTENSION-IGNORED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_ChunkExtensionRefused,
    transport=Transport.H1,
)
