"""Upload-Incomplete carries the value Upload-Complete would have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft
    from reference_server.core.messages import FieldLine


class _InversionForgotten(Policy):
    def completeness(self, draft: Draft, *, complete: bool) -> FieldLine:
        return draft.completeness_field, "?1" if complete else "?0"


DEFECT = Defect(
    name="inversion-forgotten",
    title="Upload-Incomplete carries the value Upload-Complete would have",
    requirements=("RUFH-CREATE-RESPONSE-UPLOAD-COMPLETE",),
    drafts=(3,),
    difficulty=Difficulty.WIRE,
    override=_InversionForgotten,
)
