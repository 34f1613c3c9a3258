"""An Upload-Length of sixteen digits is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _IntegersOfAnyLength(Policy):
    def read_length(self, call: Call) -> int | None:
        value = call.request.fields.get("Upload-Length") or ""
        return int(value) if value.isdigit() else super().read_length(call)


DEFECT = Defect(
    name="integers-of-any-length",
    title="An Upload-Length of sixteen digits is used",
    requirements=("SF-INTEGER-RANGE",),
    drafts=(9, 6),
    difficulty=Difficulty.WIRE,
    override=_IntegersOfAnyLength,
)
