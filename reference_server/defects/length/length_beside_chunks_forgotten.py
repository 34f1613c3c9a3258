"""Upload-Length is not read beside content without Content-Length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _LengthBesideChunksForgotten(Policy):
    def read_length(self, call: Call) -> int | None:
        return None if call.request.length is None else super().read_length(call)


DEFECT = Defect(
    name="length-beside-chunks-forgotten",
    title="Upload-Length is not read beside content without Content-Length",
    requirements=("RUFH-RETRIEVE-UPLOAD-LENGTH",),
    drafts=(9, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_LengthBesideChunksForgotten,
)
