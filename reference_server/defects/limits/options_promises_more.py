"""OPTIONS tells a larger size than uploads may have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine


class _OptionsPromisesMore(Policy):
    def fields_for_target_options(self, call: Call) -> tuple[FieldLine, ...]:
        lines = super().fields_for_target_options(call)
        return tuple(
            (name, re.sub(r"(max-(?:append-)?size=\d+)", r"\g<1>0", value)) for name, value in lines
        )


DEFECT = Defect(
    name="options-promises-more",
    title="OPTIONS tells a larger size than uploads may have",
    requirements=("RUFH-OPTIONS-NOT-LOOSER",),
    drafts=(9, 7),
    difficulty=Difficulty.WIRE,
    override=_OptionsPromisesMore,
)
