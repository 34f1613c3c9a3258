"""Octets that arrived before a retrieval are stored after it was answered."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _ToldOffsetMoves(Transfer):
    def overtaken(self) -> None:
        self._actions.drain()
        if self._done:
            return
        offset = self._upload.offset
        self._cut()
        self._actions.abort()
        late = offset - max(self._base, self._reported)
        if late > 0:
            self._upload.blob.truncate(offset - late)


DEFECT = Defect(
    name="told-offset-moves",
    title="Octets that arrived before a retrieval are stored after it was answered",
    requirements=("RUFH-CONCURRENCY-OFFSET-ACCEPTED", "RUFH-CONCURRENCY-NO-STALE-OFFSET"),
    drafts=(9, 6),
    difficulty=Difficulty.RACE,
    override=_ToldOffsetMoves,
)
