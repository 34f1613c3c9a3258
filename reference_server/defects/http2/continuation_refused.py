"""A CONTINUATION frame ends the connection."""

from __future__ import annotations

from h2.errors import ErrorCodes

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_frames import ConnectionEndedError, FrameHead, Guard, Kind


class _ContinuationRefused(Guard):
    def admit(self, head: FrameHead) -> bool:
        if head.kind == Kind.CONTINUATION:
            raise ConnectionEndedError(ErrorCodes.ENHANCE_YOUR_CALM)
        return super().admit(head)


DEFECT = Defect(
    name="continuation-refused",
    title="A CONTINUATION frame ends the connection",
    requirements=("RUFH-APPEND-INCOMPLETE-2XX",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_ContinuationRefused,
    transport=Transport.H2,
)
