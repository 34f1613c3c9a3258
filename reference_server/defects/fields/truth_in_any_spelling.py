"""Completeness is understood as true, 1 and yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _TruthInAnySpelling(Policy):
    def read_completeness(self, call: Call) -> bool | None:
        value = call.request.fields.get(call.draft.completeness_field)
        if value is not None and value.strip('" ').lower() in {"true", "1", "yes", "?2", "t"}:
            return not call.draft.completeness_inverted
        return super().read_completeness(call)


DEFECT = Defect(
    name="truth-in-any-spelling",
    title="Completeness is understood as true, 1 and yes",
    requirements=("RUFH-COMPLETE-SF-IGNORE-SERVER",),
    drafts=(9, 6),
    difficulty=Difficulty.WIRE,
    override=_TruthInAnySpelling,
)
