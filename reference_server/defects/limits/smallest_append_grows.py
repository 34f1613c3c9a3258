"""The smallest append size becomes larger once the upload has begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _SmallestAppendGrows(Policy):
    def limit(self, draft: Draft, upload: Upload | None) -> tuple[FieldLine, ...]:
        lines = super().limit(draft, upload)
        least = self.limits.min_append_size
        if upload is None or least is None or upload.offset == 0:
            return lines
        told = f"min-append-size={least}"
        return tuple(
            (name, value.replace(told, f"min-append-size={least + upload.offset}"))
            for name, value in lines
        )


DEFECT = Defect(
    name="smallest-append-grows",
    title="The smallest append size becomes larger once the upload has begun",
    requirements=("RUFH-LIMIT-MIN-NO-INCREASE", "RUFH-LIMIT-STABLE"),
    drafts=(7, 9),
    difficulty=Difficulty.WIRE,
    override=_SmallestAppendGrows,
)
