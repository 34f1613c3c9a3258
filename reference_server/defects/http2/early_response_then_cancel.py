"""After an early response the stream is reset with CANCEL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from h2.errors import ErrorCodes

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_streams import H2Streams

if TYPE_CHECKING:
    from reference_server.h2_stream import H2Stream


class _EarlyResponseThenCancel(H2Streams):
    def _stop(self, stream: H2Stream) -> None:
        if stream.number in self._open:
            self.reset(stream, ErrorCodes.CANCEL)


DEFECT = Defect(
    name="early-response-then-cancel",
    title="After an early response the stream is reset with CANCEL",
    requirements=("H2-EARLY-RESPONSE-NO-ERROR",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_EarlyResponseThenCancel,
    transport=Transport.H2,
)
