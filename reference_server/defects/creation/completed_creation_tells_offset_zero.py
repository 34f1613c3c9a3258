"""The response to a creation that completes the upload tells offset 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import changed

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _CompletedCreationTellsOffsetZero(Policy):
    def fields_for_completion(
        self, call: Call, upload: Upload, *, creating: bool
    ) -> tuple[FieldLine, ...]:
        lines = super().fields_for_completion(call, upload, creating=creating)
        return changed(lines, "Upload-Offset", "0") if creating else lines


DEFECT = Defect(
    name="completed-creation-tells-offset-zero",
    title="The response to a creation that completes the upload tells offset 0",
    requirements=("RUFH-H-CREATE-UPLOAD-OFFSET",),
    drafts=(3, 4, 5, 6),
    difficulty=Difficulty.WIRE,
    override=_CompletedCreationTellsOffsetZero,
)
