"""An upload that never was is told to stand at offset 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.messages import Response
from reference_server.core.server import Core
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions, Exchange
    from reference_server.core.uploads import Upload


class _UnknownUploadBeginsAtZero(Core):
    def _serve_upload(self, call: Call, actions: Actions, upload: Upload | None) -> Exchange:
        if upload is None and call.request.method == "HEAD":
            told = (("Upload-Offset", "0"), self.policy.completeness(call.draft, complete=False))
            fields = (*told, ("Cache-Control", "no-store"))
            return self._answer(actions, Response(status=204, fields=fields))
        return super()._serve_upload(call, actions, upload)


DEFECT = Defect(
    name="unknown-upload-begins-at-zero",
    title="An upload that never was is told to stand at offset 0",
    requirements=("RUFH-GONE-NOT-SUCCESS", "RUFH-H-INACTIVE-404"),
    drafts=(9, 7, 8, 6),
    difficulty=Difficulty.WIRE,
    override=_UnknownUploadBeginsAtZero,
)
