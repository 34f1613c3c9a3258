"""After a restart the length of an upload is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.uploads import Registry
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.storage import Blob, Record


class _LengthLostInARestart(Registry):
    def _restore(self, identifier: str, record: Record, blob: Blob) -> None:
        if record.get("state") == "open":
            record = {**record, "length": None}
        super()._restore(identifier, record, blob)


DEFECT = Defect(
    name="length-lost-in-a-restart",
    title="After a restart the length of an upload is forgotten",
    requirements=("RUFH-STATE-LOSS-DEACTIVATE", "RUFH-RETRIEVE-UPLOAD-LENGTH"),
    drafts=(9,),
    difficulty=Difficulty.STORAGE,
    override=_LengthLostInARestart,
)
