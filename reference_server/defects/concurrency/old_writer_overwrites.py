"""A transfer that was overtaken goes on writing where it stood."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _OldWriterOverwrites(Transfer):
    _place: int | None = None

    def overtaken(self) -> None:
        self._actions.drain()
        if not self._done:
            self._place = self._upload.offset
            self._cut()

    def content(self, data: bytes) -> None:
        if self._place is None:
            super().content(data)
            return
        blob, end = self._upload.blob, self._place + len(data)
        stored = b"".join(blob.pieces())
        blob.truncate(self._place)
        blob.append(data + stored[end:])
        self._place = end


DEFECT = Defect(
    name="old-writer-overwrites",
    title="A transfer that was overtaken goes on writing where it stood",
    requirements=("SUITE-INTEGRITY-LATE-OCTETS", "RUFH-CONCURRENCY-SERVER-PREVENT-CORRUPTION"),
    drafts=(9, 3, 6),
    difficulty=Difficulty.RACE,
    override=_OldWriterOverwrites,
)
