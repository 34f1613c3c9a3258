"""The media type of appends is compared letter by letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _MediaTypeComparedAsText(Policy):
    def accepts_media_type(self, call: Call) -> bool:
        wanted = call.draft.append_media_type
        return wanted is None or call.request.fields.get("Content-Type") == wanted


DEFECT = Defect(
    name="media-type-compared-as-text",
    title="The media type of appends is compared letter by letter",
    requirements=("RUFH-APPEND-APPLY",),
    drafts=(9, 6),
    difficulty=Difficulty.WIRE,
    override=_MediaTypeComparedAsText,
)
