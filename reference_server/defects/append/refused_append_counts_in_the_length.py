"""The length of a completed upload grows with an append that is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.append import Appender
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions, Exchange
    from reference_server.core.uploads import Upload


class _RefusedAppendCountsInTheLength(Appender):
    def _after_completion(
        self, call: Call, actions: Actions, upload: Upload, offset: int, *, complete: bool
    ) -> Exchange:
        upload.length = upload.offset + (call.request.length or 0)
        return super()._after_completion(call, actions, upload, offset, complete=complete)


DEFECT = Defect(
    name="refused-append-counts-in-the-length",
    title="The length of a completed upload grows with an append that is refused",
    requirements=("SUITE-INTEGRITY-COMPLETED-UNCHANGED",),
    drafts=(6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_RefusedAppendCountsInTheLength,
)
