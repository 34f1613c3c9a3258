"""The cancellation of a completed upload succeeds, and the upload stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.resources import UploadResource
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import Response
    from reference_server.core.uploads import Upload


class _CompletedUploadStays(UploadResource):
    def cancel(self, call: Call, upload: Upload) -> Response:
        if not upload.complete:
            return super().cancel(call, upload)
        self._check_forbidden(call)
        return self._policy.response_to_cancellation(call)


DEFECT = Defect(
    name="completed-upload-stays",
    title="The cancellation of a completed upload succeeds, and the upload stays",
    requirements=("RUFH-CANCEL-DEACTIVATE",),
    drafts=(6, 3, 9),
    difficulty=Difficulty.WIRE,
    override=_CompletedUploadStays,
)
