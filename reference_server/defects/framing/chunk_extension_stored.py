"""The extension of a chunk is stored as if it were content."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _ChunkExtensionStored(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        return re.sub(rb"(\A|\r\n)([1-9a-fA-F][0-9a-fA-F]*)(;[^\r\n]*)\r\n", _moved, data)


def _moved(chunk: re.Match[bytes]) -> bytes:
    size = int(chunk[2], 16) + len(chunk[3])
    return b"%b%x\r\n%b" % (chunk[1], size, chunk[3])


DEFECT = Defect(
    name="chunk-extension-stored",
    title="The extension of a chunk is stored as if it were content",
    requirements=("H1-CHUNK-EXTENSION-IGNORED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_ChunkExtensionStored,
    transport=Transport.H1,
)
