"""Completeness is sent as true and false."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft
    from reference_server.core.messages import FieldLine


class _BooleanAsWord(Policy):
    def completeness(self, draft: Draft, *, complete: bool) -> FieldLine:
        name, value = super().completeness(draft, complete=complete)
        return name, "true" if value == "?1" else "false"


DEFECT = Defect(
    name="boolean-as-word",
    title="Completeness is sent as true and false",
    requirements=("SF-BOOLEAN-SYNTAX",),
    drafts=(9, 4),
    difficulty=Difficulty.WIRE,
    override=_BooleanAsWord,
)
