"""A DATA frame without content ends the connection."""

from __future__ import annotations

from h2.errors import ErrorCodes

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_frames import ConnectionEndedError, FrameHead, Guard, Kind


class _EmptyDataRefused(Guard):
    def admit(self, head: FrameHead) -> bool:
        if head.kind == Kind.DATA and not head.length:
            raise ConnectionEndedError(ErrorCodes.ENHANCE_YOUR_CALM)
        return super().admit(head)


DEFECT = Defect(
    name="empty-data-refused",
    title="A DATA frame without content ends the connection",
    requirements=("RUFH-APPEND-INCOMPLETE-2XX",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_EmptyDataRefused,
    transport=Transport.H2,
)
