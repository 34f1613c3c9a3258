"""After a restart every open upload stands at offset 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.uploads import Registry
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.storage import Blob, Record


class _NothingSurvivesARestart(Registry):
    def _restore(self, identifier: str, record: Record, blob: Blob) -> None:
        if record.get("state") == "open":
            blob.truncate(0)
        super()._restore(identifier, record, blob)


DEFECT = Defect(
    name="nothing-survives-a-restart",
    title="After a restart every open upload stands at offset 0",
    requirements=("RUFH-STATE-LOSS-DEACTIVATE", "SUITE-INTEGRITY-ACKNOWLEDGED-LOST"),
    drafts=(6, 9),
    difficulty=Difficulty.STORAGE,
    override=_NothingSurvivesARestart,
)
