"""The number at the beginning of Upload-Offset is used, whatever follows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _OffsetParsedToFirstLetter(Policy):
    def read_offset(self, call: Call) -> int | None:
        found = re.match(r"[\s\"+]*(-?\d+)", call.request.fields.get("Upload-Offset") or "")
        return None if found is None else int(found[1])


DEFECT = Defect(
    name="offset-parsed-to-first-letter",
    title="The number at the beginning of Upload-Offset is used, whatever follows",
    requirements=("RUFH-OFFSET-SF-IGNORE-SERVER", "SF-FAIL-IGNORE-OR-MALFORMED"),
    drafts=(9, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_OffsetParsedToFirstLetter,
)
