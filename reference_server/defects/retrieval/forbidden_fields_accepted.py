"""Offset retrieval and cancellation accept upload fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft


class _ForbiddenFieldsAccepted(Policy):
    def forbidden_fields(self, draft: Draft) -> tuple[str, ...]:
        del draft
        return ()


DEFECT = Defect(
    name="forbidden-fields-accepted",
    title="Offset retrieval and cancellation accept upload fields",
    requirements=("RUFH-H-HEAD-REJECT-FIELDS", "RUFH-H-CANCEL-REJECT-FIELDS"),
    drafts=(5, 3, 4, 6),
    difficulty=Difficulty.WIRE,
    override=_ForbiddenFieldsAccepted,
)
