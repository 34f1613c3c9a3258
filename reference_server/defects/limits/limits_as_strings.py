"""Limits are told as Strings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _LimitsAsStrings(Policy):
    def limit(self, draft: Draft, upload: Upload | None) -> tuple[FieldLine, ...]:
        lines = super().limit(draft, upload)
        return tuple((name, re.sub(r"=(\d+)", r'="\1"', value)) for name, value in lines)


DEFECT = Defect(
    name="limits-as-strings",
    title="Limits are told as Strings",
    requirements=("RUFH-RETRIEVE-UPLOAD-LIMIT",),
    drafts=(9, 8),
    difficulty=Difficulty.WIRE,
    override=_LimitsAsStrings,
)
