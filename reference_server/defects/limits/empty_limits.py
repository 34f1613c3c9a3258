"""A server without limits sends an empty Upload-Limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import changed

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _EmptyLimits(Policy):
    def limit(self, draft: Draft, upload: Upload | None) -> tuple[FieldLine, ...]:
        lines = super().limit(draft, upload)
        return (
            changed(lines, "Upload-Limit", "")
            if lines[:1] == (("Upload-Limit", "min-size=0"),)
            else lines
        )


DEFECT = Defect(
    name="empty-limits",
    title="A server without limits sends an empty Upload-Limit",
    requirements=("RUFH-OPTIONS-MIN-SIZE-0",),
    drafts=(9, 6),
    difficulty=Difficulty.WIRE,
    override=_EmptyLimits,
)
