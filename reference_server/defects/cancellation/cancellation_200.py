"""A cancellation is answered with 200."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.core.messages import Response
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _Cancellation200(Policy):
    def response_to_cancellation(self, call: Call) -> Response:
        del call
        return Response(status=200)


DEFECT = Defect(
    name="cancellation-200",
    title="A cancellation is answered with 200",
    requirements=("RUFH-H-CANCEL-204",),
    drafts=(7, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_Cancellation200,
)
