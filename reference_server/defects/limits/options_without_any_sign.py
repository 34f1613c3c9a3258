"""OPTIONS shows nothing of uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine


class _OptionsWithoutAnySign(Policy):
    def fields_for_target_options(self, call: Call) -> tuple[FieldLine, ...]:
        del call
        return (("Allow", self.methods_of_target()),)


DEFECT = Defect(
    name="options-without-any-sign",
    title="OPTIONS shows nothing of uploads",
    requirements=("RUFH-OPTIONS-SIGN-OF-UPLOADS",),
    drafts=(8,),
    difficulty=Difficulty.WIRE,
    override=_OptionsWithoutAnySign,
)
