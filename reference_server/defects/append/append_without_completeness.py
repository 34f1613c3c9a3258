"""The acknowledgement of an append does not tell completeness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _AppendWithoutCompleteness(Policy):
    def fields_for_incomplete_append(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        return without(
            super().fields_for_incomplete_append(call, upload), call.draft.completeness_field
        )


DEFECT = Defect(
    name="append-without-completeness",
    title="The acknowledgement of an append does not tell completeness",
    requirements=("RUFH-APPEND-RESPONSE-UPLOAD-COMPLETE",),
    drafts=(7, 3, 9),
    difficulty=Difficulty.WIRE,
    override=_AppendWithoutCompleteness,
)
