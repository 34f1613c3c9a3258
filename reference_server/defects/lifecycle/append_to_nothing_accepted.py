"""An append to an upload that never was is acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.messages import Response
from reference_server.core.server import Core
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions, Exchange
    from reference_server.core.uploads import Upload


class _AppendToNothingAccepted(Core):
    def _serve_upload(self, call: Call, actions: Actions, upload: Upload | None) -> Exchange:
        if upload is None and call.request.method == "PATCH":
            told = self.policy.completeness(call.draft, complete=False)
            return self._answer(actions, Response(status=204, fields=(told,)))
        return super()._serve_upload(call, actions, upload)


DEFECT = Defect(
    name="append-to-nothing-accepted",
    title="An append to an upload that never was is acknowledged",
    requirements=("RUFH-GONE-NOT-SUCCESS", "RUFH-H-INACTIVE-404"),
    drafts=(9, 7, 8, 6, 3),
    difficulty=Difficulty.WIRE,
    override=_AppendToNothingAccepted,
)
