"""The window of a stream is never opened again, so that large uploads stop."""

from __future__ import annotations

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_session import Session


class _WindowNeverOpenedAgain(Session):
    def stored(self, stream: int, size: int) -> None:
        del stream, size


DEFECT = Defect(
    name="window-never-opened-again",
    title="The window of a stream is never opened again, so that large uploads stop",
    requirements=("RUFH-CREATE-COMPLETE-PROCESS", "RUFH-APPEND-APPLY"),
    drafts=(9, 3),
    difficulty=Difficulty.TIME,
    override=_WindowNeverOpenedAgain,
    transport=Transport.H2,
)
