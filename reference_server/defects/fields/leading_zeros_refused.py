"""An offset with leading zeros is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.core.problems import Problem
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _LeadingZerosRefused(Policy):
    def read_offset(self, call: Call) -> int | None:
        value = call.request.fields.get("Upload-Offset") or ""
        if len(value) > 1 and value.startswith("0"):
            self.refuse(call, None, Problem(status=400, detail="No leading zeros."))
        return super().read_offset(call)


DEFECT = Defect(
    name="leading-zeros-refused",
    title="An offset with leading zeros is refused",
    requirements=("SF-INTEGER-SYNTAX",),
    drafts=(9,),
    difficulty=Difficulty.WIRE,
    override=_LeadingZerosRefused,
)
