"""A 104 carries Content-Length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty, Transport

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _InterimWithContentLength(Policy):
    def announcement(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        return (*super().announcement(call, upload), ("Content-Length", "0"))


DEFECT = Defect(
    name="interim-with-content-length",
    title="A 104 carries Content-Length",
    requirements=("HTTP-1XX-NO-CONTENT",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_InterimWithContentLength,
    transport=Transport.H1,
)
