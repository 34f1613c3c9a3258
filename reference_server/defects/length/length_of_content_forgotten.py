"""A length that only Content-Length tells is not remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _LengthOfContentForgotten(Policy):
    def total_of_request(self, call: Call, base: int, *, complete: bool) -> int | None:
        del call, base, complete
        return None


DEFECT = Defect(
    name="length-of-content-forgotten",
    title="A length that only Content-Length tells is not remembered",
    requirements=("RUFH-RETRIEVE-LENGTH-OF-CONTENT", "RUFH-CREATE-RECORD-LENGTH"),
    drafts=(9, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_LengthOfContentForgotten,
)
