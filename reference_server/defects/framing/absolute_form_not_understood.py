"""A request target in absolute form is looked up as if it were a path."""

from __future__ import annotations

import re

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection, split_head

_ABSOLUTE = re.compile(rb"^([A-Z]+) (?=https?://)")


class _AbsoluteFormNotUnderstood(RewritingConnection):
    def rewrite_request(self, data: bytes) -> bytes:
        head, rest = split_head(data)
        return _ABSOLUTE.sub(rb"\1 /uploads/", head) + rest


DEFECT = Defect(
    name="absolute-form-not-understood",
    title="A request target in absolute form is looked up as if it were a path",
    requirements=("H1-ABSOLUTE-FORM",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_AbsoluteFormNotUnderstood,
    transport=Transport.H1,
)
