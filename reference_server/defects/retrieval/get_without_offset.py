"""GET on an upload resource succeeds without telling the offset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.messages import Response
from reference_server.core.resources import UploadResource
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _GetWithoutOffset(UploadResource):
    def retrieve(self, call: Call, upload: Upload) -> Response:
        response = super().retrieve(call, upload)
        if call.request.method == "GET":
            return Response(status=200, content=b"an upload resource\n")
        return response


DEFECT = Defect(
    name="get-without-offset",
    title="GET on an upload resource succeeds without telling the offset",
    requirements=("RUFH-RETRIEVE-GET",),
    drafts=(9,),
    difficulty=Difficulty.WIRE,
    override=_GetWithoutOffset,
)
