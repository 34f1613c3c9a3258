"""Every response that tells the offset tells one octet more than there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _EveryOffsetOneTooLarge(Policy):
    def offset(self, upload: Upload) -> FieldLine:
        name, value = super().offset(upload)
        return name, str(int(value) + 1)


DEFECT = Defect(
    name="every-offset-one-too-large",
    title="Every response that tells the offset tells one octet more than there is",
    requirements=("RUFH-CONCURRENCY-OFFSET-ACCEPTED", "SUITE-INTEGRITY-ANNOUNCED-REFUSED"),
    drafts=(8, 9, 6, 3),
    difficulty=Difficulty.WIRE,
    override=_EveryOffsetOneTooLarge,
)
