"""Of two Upload-Complete lines the last is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _CompletenessOfTheLastLine(Policy):
    def read_completeness(self, call: Call) -> bool | None:
        value = call.request.fields.get(call.draft.completeness_field) or ""
        last = value.rpartition(", ")[2]
        if last == value:
            return super().read_completeness(call)
        return last == "?1"


DEFECT = Defect(
    name="completeness-of-the-last-line",
    title="Of two Upload-Complete lines the last is used",
    requirements=("SF-ITEM-TWO-LINES",),
    drafts=(9, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_CompletenessOfTheLastLine,
)
