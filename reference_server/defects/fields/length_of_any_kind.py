"""The digits of Upload-Length are used, whatever surrounds them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _LengthOfAnyKind(Policy):
    def read_length(self, call: Call) -> int | None:
        found = re.search(r"\d+", call.request.fields.get("Upload-Length") or "")
        return None if found is None else int(found[0])


DEFECT = Defect(
    name="length-of-any-kind",
    title="The digits of Upload-Length are used, whatever surrounds them",
    requirements=("RUFH-LENGTH-SF-IGNORE-SERVER",),
    drafts=(9, 8),
    difficulty=Difficulty.WIRE,
    override=_LengthOfAnyKind,
)
