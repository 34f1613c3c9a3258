"""A request without Host is served."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _HostOptional(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        if re.match(rb"[A-Z]+ \S+ HTTP/1\.1\r\n", data) and b"\r\nhost:" not in data.lower():
            return data.replace(b"\r\n", b"\r\nHost: localhost\r\n", 1)
        return data


DEFECT = Defect(
    name="host-optional",
    title="A request without Host is served",
    requirements=("H1-HOST-400",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_HostOptional,
    transport=Transport.H1,
)
