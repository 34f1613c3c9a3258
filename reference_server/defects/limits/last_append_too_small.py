"""The smallest append size binds the last append too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft


class _LastAppendTooSmall(Policy):
    def falls_short(self, draft: Draft, size: int, *, creating: bool, complete: bool) -> bool:
        del complete
        return super().falls_short(draft, size, creating=creating, complete=False)


DEFECT = Defect(
    name="last-append-too-small",
    title="The smallest append size binds the last append too",
    requirements=("RUFH-LIMIT-MIN-APPEND-EXEMPT",),
    drafts=(9, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_LastAppendTooSmall,
)
