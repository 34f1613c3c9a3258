"""A request that is overtaken ends its whole connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from h2.errors import ErrorCodes

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2 import H2Connection
from reference_server.h2_streams import H2Streams

if TYPE_CHECKING:
    from reference_server.h2_stream import H2Stream


class _OvertakenTakesTheConnectionAlong(H2Streams):
    def reset(self, stream: H2Stream, code: ErrorCodes) -> None:
        super().reset(stream, code)
        if code is ErrorCodes.CANCEL and isinstance(self._carrier, H2Connection):
            self._carrier.reset()


DEFECT = Defect(
    name="overtaken-takes-the-connection-along",
    title="A request that is overtaken ends its whole connection",
    requirements=("RUFH-CONCURRENCY-STREAM-ONLY",),
    drafts=(9,),
    difficulty=Difficulty.RACE,
    override=_OvertakenTakesTheConnectionAlong,
    transport=Transport.H2,
)
