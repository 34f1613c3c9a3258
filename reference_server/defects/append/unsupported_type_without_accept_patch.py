"""An append of another media type is refused without naming the right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.core.problems import Problem
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _UnsupportedTypeWithoutAcceptPatch(Policy):
    def check_media_type(self, call: Call, upload: Upload) -> None:
        if not self.accepts_media_type(call):
            self.refuse(call, upload, Problem(status=415, detail="Not this media type."))


DEFECT = Defect(
    name="unsupported-type-without-accept-patch",
    title="An append of another media type is refused without naming the right one",
    requirements=("PATCH-415-ACCEPT-PATCH",),
    drafts=(9, 6),
    difficulty=Difficulty.WIRE,
    override=_UnsupportedTypeWithoutAcceptPatch,
)
