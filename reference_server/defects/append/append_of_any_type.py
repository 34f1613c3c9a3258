"""An append of any media type is applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _AppendOfAnyType(Policy):
    def accepts_media_type(self, call: Call) -> bool:
        del call
        return True


DEFECT = Defect(
    name="append-of-any-type",
    title="An append of any media type is applied",
    requirements=("HTTP-415",),
    drafts=(6, 9),
    difficulty=Difficulty.WIRE,
    override=_AppendOfAnyType,
)
