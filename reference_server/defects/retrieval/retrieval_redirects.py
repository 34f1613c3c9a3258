"""Offset retrieval is redirected to another spelling of the upload resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.messages import Response
from reference_server.core.resources import UploadResource
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _RetrievalRedirects(UploadResource):
    def retrieve(self, call: Call, upload: Upload) -> Response:
        super().retrieve(call, upload)
        return Response(status=301, fields=(("Location", f"{upload.path}/"),))


DEFECT = Defect(
    name="retrieval-redirects",
    title="Offset retrieval is redirected to another spelling of the upload resource",
    requirements=("RUFH-RETRIEVE-NO-30123",),
    drafts=(7, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_RetrievalRedirects,
)
