"""Progress of an append carries the interop version of the creation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.profiles.rufh.drafts import VERSION_FIELD
from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty
from reference_server.defects.lines import changed

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _VersionOfTheCreation(Policy):
    def progress(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        return changed(super().progress(call, upload), VERSION_FIELD, str(upload.draft.number))


DEFECT = Defect(
    name="version-of-the-creation",
    title="Progress of an append carries the interop version of the creation",
    requirements=("RUFH-VERSION-104-HEADER",),
    drafts=(9, 5, 6, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_VersionOfTheCreation,
)
