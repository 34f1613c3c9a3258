"""Offset retrieval tells what was there before the transfer under way began."""

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


class _StaleOffset(UploadResource):
    def retrieve(self, call: Call, upload: Upload) -> Response:
        transfer = upload.transfer
        response = super().retrieve(call, upload)
        if transfer is None:
            return response
        before = str(upload.offset - transfer._received)  # noqa: SLF001
        return replace(response, fields=changed(response.fields, "Upload-Offset", before))


DEFECT = Defect(
    name="stale-offset",
    title="Offset retrieval tells what was there before the transfer under way began",
    requirements=("RUFH-CONCURRENCY-NO-STALE-OFFSET", "RUFH-CONCURRENCY-OFFSET-ACCEPTED"),
    drafts=(9, 8),
    difficulty=Difficulty.RACE,
    override=_StaleOffset,
)
