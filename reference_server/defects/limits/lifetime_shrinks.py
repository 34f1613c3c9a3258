"""The lifetime told is cut in half once the upload has begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _LifetimeShrinks(Policy):
    def limit(self, draft: Draft, upload: Upload | None) -> tuple[FieldLine, ...]:
        if upload is None or not draft.has("limits"):
            return super().limit(draft, upload)
        left = 3600 if upload.offset == 0 else 1800
        return (("Upload-Limit", self.limits.value(draft, age_left=left)),)


DEFECT = Defect(
    name="lifetime-shrinks",
    title="The lifetime told is cut in half once the upload has begun",
    requirements=("RUFH-LIMIT-MAX-AGE-END-NOT-EARLIER",),
    drafts=(9, 6),
    difficulty=Difficulty.WIRE,
    override=_LifetimeShrinks,
)
