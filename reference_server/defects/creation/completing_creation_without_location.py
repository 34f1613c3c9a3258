"""The final response to a completing creation has no Location."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _CompletingCreationWithoutLocation(Policy):
    def fields_for_completion(
        self, call: Call, upload: Upload, *, creating: bool
    ) -> tuple[FieldLine, ...]:
        lines = super().fields_for_completion(call, upload, creating=creating)
        return without(lines, "Location")


DEFECT = Defect(
    name="completing-creation-without-location",
    title="The final response to a completing creation has no Location",
    requirements=("RUFH-H-CREATE-LOCATION-ALWAYS",),
    drafts=(6, 3),
    difficulty=Difficulty.WIRE,
    override=_CompletingCreationWithoutLocation,
)
