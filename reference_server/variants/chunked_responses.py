"""Responses with content are chunked."""

from __future__ import annotations

import re

from reference_server.defects.rewriting import RewritingConnection
from reference_server.variants.variant import Variant


class _Chunked(RewritingConnection):
    def rewrite_response(self, data: bytes) -> bytes:
        head, end, content = data.partition(b"\r\n\r\n")
        framing = re.search(rb"\r\nContent-Length: (\d+)", head)
        if framing is None or not content or int(framing[1]) != len(content):
            return data
        head = head.replace(framing[0], b"\r\nTransfer-Encoding: chunked")
        return b"%b%b%x\r\n%b\r\n0\r\n\r\n" % (head, end, len(content), content)


VARIANT = Variant(
    name="chunked-responses",
    title="Responses with content are chunked",
    overrides=(_Chunked,),
)
