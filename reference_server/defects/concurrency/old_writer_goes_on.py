"""A transfer that was overtaken goes on writing into the upload."""

from __future__ import annotations

from reference_server.core.states import Input
from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty


class _OldWriterGoesOn(Transfer):
    def overtaken(self) -> None:
        self._upload.fire(Input.PAUSE)
        self._upload.transfer = None


DEFECT = Defect(
    name="old-writer-goes-on",
    title="A transfer that was overtaken goes on writing into the upload",
    requirements=(
        "SUITE-INTEGRITY-LATE-OCTETS",
        "RUFH-CONCURRENCY-SERVER-PREVENT-CORRUPTION",
        "RUFH-CONCURRENCY-NO-STALE-OFFSET",
    ),
    drafts=(3, 6, 9),
    difficulty=Difficulty.RACE,
    override=_OldWriterGoesOn,
)
