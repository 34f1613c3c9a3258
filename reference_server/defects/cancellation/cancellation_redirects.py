"""A cancellation is answered with 302."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.core.messages import Response
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _CancellationRedirects(Policy):
    def response_to_cancellation(self, call: Call) -> Response:
        del call
        return Response(status=302, fields=(("Location", "/"),))


DEFECT = Defect(
    name="cancellation-redirects",
    title="A cancellation is answered with 302",
    requirements=("RUFH-CANCEL-NO-30123",),
    drafts=(6, 3, 9),
    difficulty=Difficulty.WIRE,
    override=_CancellationRedirects,
)
