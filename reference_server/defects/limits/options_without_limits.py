"""OPTIONS does not tell the limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import without

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine


class _OptionsWithoutLimits(Policy):
    def fields_for_target_options(self, call: Call) -> tuple[FieldLine, ...]:
        return without(super().fields_for_target_options(call), "Upload-Limit")


DEFECT = Defect(
    name="options-without-limits",
    title="OPTIONS does not tell the limits",
    requirements=("RUFH-OPTIONS-UPLOAD-LIMIT",),
    drafts=(9, 7),
    difficulty=Difficulty.WIRE,
    override=_OptionsWithoutLimits,
)
