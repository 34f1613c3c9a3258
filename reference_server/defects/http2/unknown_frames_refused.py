"""A frame of an unknown type ends the connection."""

from __future__ import annotations

from h2.errors import ErrorCodes

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_frames import ConnectionEndedError, FrameHead, Guard, Kind


class _UnknownFramesRefused(Guard):
    def admit(self, head: FrameHead) -> bool:
        if head.kind > max(Kind):
            raise ConnectionEndedError(ErrorCodes.PROTOCOL_ERROR)
        return super().admit(head)


DEFECT = Defect(
    name="unknown-frames-refused",
    title="A frame of an unknown type ends the connection",
    requirements=("RUFH-APPEND-INCOMPLETE-2XX",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_UnknownFramesRefused,
    transport=Transport.H2,
)
