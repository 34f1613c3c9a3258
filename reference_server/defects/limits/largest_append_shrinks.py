"""The largest append size becomes smaller once the upload has begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _LargestAppendShrinks(Policy):
    def limit(self, draft: Draft, upload: Upload | None) -> tuple[FieldLine, ...]:
        lines = super().limit(draft, upload)
        most = self.limits.max_append_size
        if upload is None or most is None or upload.offset == 0:
            return lines
        received = min(upload.offset, most - 1)
        told = f"={most - received}"
        return tuple((name, value.replace(f"={most}", told)) for name, value in lines)


DEFECT = Defect(
    name="largest-append-shrinks",
    title="The largest append size becomes smaller once the upload has begun",
    requirements=("RUFH-LIMIT-MAX-NO-DECREASE", "RUFH-LIMIT-STABLE"),
    drafts=(7, 6, 9),
    difficulty=Difficulty.WIRE,
    override=_LargestAppendShrinks,
)
