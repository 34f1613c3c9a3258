"""A cancellation succeeds, and the upload goes on living."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.resources import UploadResource
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import Response
    from reference_server.core.uploads import Upload


class _CancellationDoesNothing(UploadResource):
    def cancel(self, call: Call, upload: Upload) -> Response:
        self._check_forbidden(call)
        del upload
        return self._policy.response_to_cancellation(call)


DEFECT = Defect(
    name="cancellation-does-nothing",
    title="A cancellation succeeds, and the upload goes on living",
    requirements=("RUFH-CANCEL-DEACTIVATE",),
    drafts=(6, 3, 9),
    difficulty=Difficulty.WIRE,
    override=_CancellationDoesNothing,
)
