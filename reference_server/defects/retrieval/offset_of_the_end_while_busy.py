"""While a request is under way the offset it will end with is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_server.core.resources import UploadResource
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import changed

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import Response
    from reference_server.core.uploads import Upload


class _OffsetOfTheEndWhileBusy(UploadResource):
    def retrieve(self, call: Call, upload: Upload) -> Response:
        transfer = upload.transfer
        response = super().retrieve(call, upload)
        if transfer is None:
            return response
        begun = upload.offset - transfer._received  # noqa: SLF001
        end = begun + (transfer._call.request.length or 0)  # noqa: SLF001
        return replace(response, fields=changed(response.fields, "Upload-Offset", str(end)))


DEFECT = Defect(
    name="offset-of-the-end-while-busy",
    title="While a request is under way the offset it will end with is told",
    requirements=("RUFH-CONCURRENCY-NO-STALE-OFFSET", "RUFH-CONCURRENCY-OFFSET-ACCEPTED"),
    drafts=(9, 8),
    difficulty=Difficulty.RACE,
    override=_OffsetOfTheEndWhileBusy,
)
