"""An upload can be used by everybody who knows its URI."""

from __future__ import annotations

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty


class _AnybodyMayAppend(Policy):
    def may_use(self, owner: str | None, user: str | None) -> bool:
        del owner, user
        return True


DEFECT = Defect(
    name="anybody-may-append",
    title="An upload can be used by everybody who knows its URI",
    requirements=("RUFH-SEC-AUTHORIZED",),
    drafts=(9,),
    difficulty=Difficulty.WIRE,
    override=_AnybodyMayAppend,
)
