"""The lifetime told at first is much longer than the one told later."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _LifetimeToldShrinksTooFast(Policy):
    def limit(self, draft: Draft, upload: Upload | None) -> tuple[FieldLine, ...]:
        lines = super().limit(draft, upload)
        if upload is None or upload.offset > 0 or self.limits.max_age is None:
            return lines
        return tuple((name, re.sub(r"max-age=\d+", "max-age=3600", value)) for name, value in lines)


DEFECT = Defect(
    name="lifetime-told-shrinks-too-fast",
    title="The lifetime told at first is much longer than the one told later",
    requirements=("RUFH-LIMIT-MAX-AGE-END-NOT-EARLIER",),
    drafts=(9, 7),
    difficulty=Difficulty.TIME,
    override=_LifetimeToldShrinksTooFast,
)
