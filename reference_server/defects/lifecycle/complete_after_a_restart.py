"""Uploads that were incomplete before a restart are complete after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.states import State
from reference_server.core.uploads import Registry
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.storage import Blob, Record


class _CompleteAfterARestart(Registry):
    def _restore(self, identifier: str, record: Record, blob: Blob) -> None:
        if record.get("state") == State.OPEN:
            record = {**record, "state": State.COMPLETE, "length": blob.size}
        super()._restore(identifier, record, blob)


DEFECT = Defect(
    name="complete-after-a-restart",
    title="Uploads that were incomplete before a restart are complete after it",
    requirements=("SUITE-INTEGRITY-CUT-NOT-COMPLETE",),
    drafts=(9, 6, 3),
    difficulty=Difficulty.STORAGE,
    override=_CompleteAfterARestart,
)
