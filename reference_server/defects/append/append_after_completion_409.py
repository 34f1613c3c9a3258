"""An append to a completed upload is refused with 409."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from reference_server.core.conduct import Policy
from reference_server.core.problems import Problem
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _AppendAfterCompletion409(Policy):
    def refuse_completed(self, call: Call, upload: Upload) -> NoReturn:
        self.refuse(call, upload, Problem(status=409, detail="The upload is complete."))


DEFECT = Defect(
    name="append-after-completion-409",
    title="An append to a completed upload is refused with 409",
    requirements=("RUFH-H-APPEND-COMPLETED-400",),
    drafts=(6,),
    difficulty=Difficulty.WIRE,
    override=_AppendAfterCompletion409,
)
