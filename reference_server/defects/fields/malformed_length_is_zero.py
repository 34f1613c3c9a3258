"""A malformed Upload-Length is taken for zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _MalformedLengthIsZero(Policy):
    def read_length(self, call: Call) -> int | None:
        length = super().read_length(call)
        return 0 if length is None and "Upload-Length" in call.request.fields else length


DEFECT = Defect(
    name="malformed-length-is-zero",
    title="A malformed Upload-Length is taken for zero",
    requirements=("RUFH-LENGTH-SF-IGNORE-SERVER",),
    drafts=(9, 8),
    difficulty=Difficulty.WIRE,
    override=_MalformedLengthIsZero,
)
