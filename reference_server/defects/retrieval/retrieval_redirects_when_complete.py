"""Offset retrieval of a completed upload redirects to what was stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.messages import Response
from reference_server.core.resources import UploadResource
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _RetrievalRedirectsWhenComplete(UploadResource):
    def retrieve(self, call: Call, upload: Upload) -> Response:
        response = super().retrieve(call, upload)
        if upload.complete:
            target = upload.representation.path
            return Response(status=302, fields=(("Location", target),))
        return response


DEFECT = Defect(
    name="retrieval-redirects-when-complete",
    title="Offset retrieval of a completed upload redirects to what was stored",
    requirements=("RUFH-RETRIEVE-NO-30123",),
    drafts=(7, 3, 6, 9),
    difficulty=Difficulty.WIRE,
    override=_RetrievalRedirectsWhenComplete,
)
