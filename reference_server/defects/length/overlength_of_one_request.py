"""The announced length is compared with the content of each request alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.append import Appender
from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _RequestAlone(Transfer):
    def content(self, data: bytes) -> None:
        length = self._upload.length
        if length is not None and self._received + len(data) <= length:
            self._upload.length = None
        super().content(data)
        if not self._upload.complete:
            self._upload.length = length


class _OverlengthOfOneRequest(Appender):
    transfer = _RequestAlone

    def _checked_length(self, call: Call, upload: Upload, *, complete: bool) -> int | None:
        policy = self._policy
        length = policy.indicated_length(call, upload, complete=complete)
        if policy.overruns(length, call.request.length or 0):
            self._refuse_overrun(call, upload)
        return length


DEFECT = Defect(
    name="overlength-of-one-request",
    title="The announced length is compared with the content of each request alone",
    requirements=("RUFH-APPEND-OVERLENGTH-REJECT",),
    drafts=(9, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_OverlengthOfOneRequest,
)
