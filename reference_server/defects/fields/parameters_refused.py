"""A parameter on Upload-Offset makes the request fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.core.problems import Problem
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _ParametersRefused(Policy):
    def read_offset(self, call: Call) -> int | None:
        if ";" in (call.request.fields.get("Upload-Offset") or ""):
            self.refuse(call, None, Problem(status=400, detail="No parameters here."))
        return super().read_offset(call)


DEFECT = Defect(
    name="parameters-refused",
    title="A parameter on Upload-Offset makes the request fail",
    requirements=("SF-PARAMETERS-TOLERATED",),
    drafts=(9,),
    difficulty=Difficulty.WIRE,
    override=_ParametersRefused,
)
