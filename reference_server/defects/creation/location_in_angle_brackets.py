"""Location is no URI reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _LocationInAngleBrackets(Policy):
    def upload_location(self, upload: Upload) -> FieldLine:
        return "Location", f"<{upload.path}>"


DEFECT = Defect(
    name="location-in-angle-brackets",
    title="Location is no URI reference",
    requirements=("HTTP-LOCATION-REFERENCE",),
    drafts=(9,),
    difficulty=Difficulty.WIRE,
    override=_LocationInAngleBrackets,
)
