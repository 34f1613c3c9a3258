"""Of two Upload-Offset lines the first is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _OffsetOfTheFirstLine(Policy):
    def read_offset(self, call: Call) -> int | None:
        value = (call.request.fields.get("Upload-Offset") or "").partition(",")[0]
        if "," in (call.request.fields.get("Upload-Offset") or "") and value.isdigit():
            return int(value)
        return super().read_offset(call)


DEFECT = Defect(
    name="offset-of-the-first-line",
    title="Of two Upload-Offset lines the first is used",
    requirements=("SF-ITEM-TWO-LINES",),
    drafts=(9, 6),
    difficulty=Difficulty.WIRE,
    override=_OffsetOfTheFirstLine,
)
