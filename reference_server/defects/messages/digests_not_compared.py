"""Digests a client sends are not compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft


class _DigestsNotCompared(Policy):
    def checks_digests(self, draft: Draft) -> bool:
        del draft
        return False


DEFECT = Defect(
    name="digests-not-compared",
    title="Digests a client sends are not compared",
    requirements=("RUFH-H-REPR-DIGEST-MISMATCH", "RUFH-H-CONTENT-DIGEST-MISMATCH"),
    drafts=(7, 6, 8),
    difficulty=Difficulty.WIRE,
    override=_DigestsNotCompared,
)
