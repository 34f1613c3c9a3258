"""The smallest append size binds an empty creation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft


class _EmptyCreationTooSmall(Policy):
    def falls_short(self, draft: Draft, size: int, *, creating: bool, complete: bool) -> bool:
        least = self.limits.min_append_size
        if creating and size == 0 and least is not None and not complete:
            return draft.has("append-limits-on-creation")
        return super().falls_short(draft, size, creating=creating, complete=complete)


DEFECT = Defect(
    name="empty-creation-too-small",
    title="The smallest append size binds an empty creation",
    requirements=("RUFH-LIMIT-MIN-APPEND-EXEMPT-CREATION",),
    drafts=(9,),
    difficulty=Difficulty.WIRE,
    override=_EmptyCreationTooSmall,
)
