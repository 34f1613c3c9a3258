"""The length of a last append is compared with its Content-Length alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _LengthComparedWithoutOffset(Policy):
    def total_of_request(self, call: Call, base: int, *, complete: bool) -> int | None:
        del base
        return super().total_of_request(call, 0, complete=complete)


DEFECT = Defect(
    name="length-compared-without-offset",
    title="The length of a last append is compared with its Content-Length alone",
    requirements=("RUFH-COMPLETE-BY-CLIENT", "RUFH-APPEND-APPLY"),
    drafts=(9, 6, 7),
    difficulty=Difficulty.WIRE,
    override=_LengthComparedWithoutOffset,
)
