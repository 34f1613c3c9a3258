"""A request that is overtaken is ended by GOAWAY instead of RST_STREAM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from h2.errors import ErrorCodes

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2 import H2Connection
from reference_server.h2_streams import H2Streams

if TYPE_CHECKING:
    from reference_server.h2_stream import H2Stream


class _OvertakenSaysGoaway(H2Streams):
    def reset(self, stream: H2Stream, code: ErrorCodes) -> None:
        if code is ErrorCodes.CANCEL and isinstance(self._carrier, H2Connection):
            self._carrier._end(ErrorCodes.NO_ERROR)  # noqa: SLF001
        else:
            super().reset(stream, code)


DEFECT = Defect(
    name="overtaken-says-goaway",
    title="A request that is overtaken is ended by GOAWAY instead of RST_STREAM",
    requirements=("RUFH-CONCURRENCY-STREAM-ONLY",),
    drafts=(9,),
    difficulty=Difficulty.RACE,
    override=_OvertakenSaysGoaway,
    transport=Transport.H2,
)
