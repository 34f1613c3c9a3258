"""Cancellation is refused with 501."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.problems import Problem
from reference_server.core.resources import UploadResource
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import Response
    from reference_server.core.uploads import Upload


class _Cancellation501(UploadResource):
    def cancel(self, call: Call, upload: Upload) -> Response:
        del call, upload
        problem = Problem(status=501, detail="Nothing can be cancelled here.")
        return self._policy.refusal(problem)


DEFECT = Defect(
    name="cancellation-501",
    title="Cancellation is refused with 501",
    requirements=("RUFH-H-CANCEL-405",),
    drafts=(6, 3),
    difficulty=Difficulty.WIRE,
    override=_Cancellation501,
)
