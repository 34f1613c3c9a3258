"""An append to a completed upload is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.append import Appender
from reference_server.core.exchange import Exchange
from reference_server.core.messages import Response
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions
    from reference_server.core.uploads import Upload


class _CompletedUploadGrows(Appender):
    def _after_completion(
        self, call: Call, actions: Actions, upload: Upload, offset: int, *, complete: bool
    ) -> Exchange:
        self._policy.check_offset(call, upload, offset)
        del complete
        more = call.request.length or 0
        upload.blob.append(bytes(more))
        upload.length = upload.offset
        status = self._policy.status_for_incomplete_append(call.draft)
        fields = self._policy.fields_for_completion(call, upload, creating=False)
        actions.final(Response(status=status, fields=fields))
        return Exchange()


DEFECT = Defect(
    name="completed-upload-grows",
    title="An append to a completed upload is stored",
    requirements=(
        "RUFH-COMPLETE-NO-MORE-DATA",
        "RUFH-H-APPEND-COMPLETED-NO-MODIFY",
        "SUITE-INTEGRITY-COMPLETED-UNCHANGED",
    ),
    drafts=(6, 7, 8, 9),
    difficulty=Difficulty.STORAGE,
    override=_CompletedUploadGrows,
)
