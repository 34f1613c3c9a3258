"""Progress is reported without an offset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _InterimThatTellsNothing(Policy):
    def progress(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        return without(super().progress(call, upload), "Upload-Offset")


DEFECT = Defect(
    name="interim-that-tells-nothing",
    title="Progress is reported without an offset",
    requirements=("RUFH-104-PURPOSES",),
    drafts=(9, 5, 6),
    difficulty=Difficulty.WIRE,
    override=_InterimThatTellsNothing,
)
