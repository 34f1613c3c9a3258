"""After a restart half of what was acknowledged is lost, and the smaller offset is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.uploads import Registry
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.storage import Blob, Record


class _OctetsLostInARestart(Registry):
    def _restore(self, identifier: str, record: Record, blob: Blob) -> None:
        if record.get("state") == "open":
            blob.truncate(blob.size // 2)
        super()._restore(identifier, record, blob)


DEFECT = Defect(
    name="octets-lost-in-a-restart",
    title="After a restart half of what was acknowledged is lost, and the smaller offset is told",
    requirements=(
        "RUFH-STATE-LOSS-DEACTIVATE",
        "SUITE-INTEGRITY-ACKNOWLEDGED-LOST",
        "RUFH-OFFSET-NO-DECREASE",
    ),
    drafts=(9, 6),
    difficulty=Difficulty.STORAGE,
    override=_OctetsLostInARestart,
)
