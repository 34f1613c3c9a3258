"""An append that leaves out Upload-Incomplete does not complete the upload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _MissingCompletenessGoesOn(Policy):
    def completeness_of_append(self, call: Call, upload: Upload) -> bool:
        absent = call.draft.completeness_field not in call.request.fields
        if absent and not call.draft.has("completeness-on-append"):
            return False
        return super().completeness_of_append(call, upload)


DEFECT = Defect(
    name="missing-completeness-goes-on",
    title="An append that leaves out Upload-Incomplete does not complete the upload",
    requirements=("RUFH-COMPLETE-BY-CLIENT",),
    drafts=(3,),
    difficulty=Difficulty.WIRE,
    override=_MissingCompletenessGoesOn,
)
