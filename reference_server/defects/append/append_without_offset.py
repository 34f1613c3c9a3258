"""The acknowledgement of an append does not tell the offset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _AppendWithoutOffset(Policy):
    def fields_for_incomplete_append(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        return without(super().fields_for_incomplete_append(call, upload), "Upload-Offset")


DEFECT = Defect(
    name="append-without-offset",
    title="The acknowledgement of an append does not tell the offset",
    requirements=("RUFH-H-APPEND-UPLOAD-OFFSET",),
    drafts=(5, 3, 4, 6),
    difficulty=Difficulty.WIRE,
    override=_AppendWithoutOffset,
)
