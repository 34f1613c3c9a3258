"""After a restart the size kept free for an upload counts as its offset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.states import State
from reference_server.core.uploads import Registry
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.storage import Blob, Record


class _WholeSizeAfterARestart(Registry):
    def _restore(self, identifier: str, record: Record, blob: Blob) -> None:
        length = record.get("length")
        if record.get("state") == State.OPEN and isinstance(length, int):
            blob.append(bytes(max(0, length - blob.size)))
        super()._restore(identifier, record, blob)


DEFECT = Defect(
    name="whole-size-after-a-restart",
    title="After a restart the size kept free for an upload counts as its offset",
    requirements=("SUITE-INTEGRITY-BEYOND-SENT",),
    drafts=(8, 6),
    difficulty=Difficulty.STORAGE,
    override=_WholeSizeAfterARestart,
)
