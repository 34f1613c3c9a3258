"""The length a creation announces is not remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.creation import Creator
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _LengthOfCreationForgotten(Creator):
    def _new_upload(self, call: Call, length: int | None) -> Upload:
        del length
        return super()._new_upload(call, None)


DEFECT = Defect(
    name="length-of-creation-forgotten",
    title="The length a creation announces is not remembered",
    requirements=("RUFH-CREATE-RECORD-LENGTH",),
    drafts=(9, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_LengthOfCreationForgotten,
)
