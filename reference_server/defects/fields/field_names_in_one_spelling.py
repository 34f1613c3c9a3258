"""The name of the offset is found in one spelling only."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection, split_head

_OTHER_SPELLING = re.compile(rb"\r\n(?!Upload-Offset:)(?=(?i:upload-offset):)")


class _FieldNamesInOneSpelling(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        head, rest = split_head(data)
        return _OTHER_SPELLING.sub(b"\r\nX-", head) + rest


DEFECT = Defect(
    name="field-names-in-one-spelling",
    title="The name of the offset is found in one spelling only",
    requirements=("HTTP-FIELD-NAME-CASE",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_FieldNamesInOneSpelling,
    transport=Transport.H1,
)
