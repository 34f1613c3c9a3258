"""A cancellation succeeds, but a transfer under way is stored and completed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.resources import UploadResource
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import Response
    from reference_server.core.uploads import Upload


class _CancellationLeavesTheTransfer(UploadResource):
    def cancel(self, call: Call, upload: Upload) -> Response:
        if upload.transfer is not None:
            self._check_forbidden(call)
            return self._policy.response_to_cancellation(call)
        return super().cancel(call, upload)


DEFECT = Defect(
    name="cancellation-leaves-the-transfer",
    title="A cancellation succeeds, but a transfer under way is stored and completed",
    requirements=("SUITE-INTEGRITY-CANCELLED-STORED", "RUFH-CANCEL-TERMINATE-INFLIGHT"),
    drafts=(9, 3, 6),
    difficulty=Difficulty.RACE,
    override=_CancellationLeavesTheTransfer,
)
