"""GOAWAY of the client does away with what its uploads had received."""

from __future__ import annotations

from typing import TYPE_CHECKING

from h2.errors import ErrorCodes

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2 import H2Connection
from reference_server.h2_frames import FrameHead, Kind

if TYPE_CHECKING:
    from reference_server.bounds import Bounds
    from reference_server.core.exchange import Actions, Exchange
    from reference_server.core.messages import Request
    from reference_server.front import Begin, Connections


class _GoawayEmptiesTheUploads(H2Connection):
    def __init__(self, begin: Begin, bounds: Bounds, connections: Connections) -> None:
        self._transfers: list[Transfer] = []

        def noting(request: Request, actions: Actions) -> Exchange:
            exchange = begin(request, actions)
            if isinstance(exchange, Transfer):
                self._transfers.append(exchange)
            return exchange

        super().__init__(noting, bounds, connections)

    def _begin_frame(self, frame: FrameHead) -> None:
        if frame.kind == Kind.GOAWAY:
            for transfer in self._transfers:
                transfer._upload.blob.truncate(0)  # noqa: SLF001
            self._end(ErrorCodes.NO_ERROR)
            return
        super()._begin_frame(frame)


DEFECT = Defect(
    name="goaway-empties-the-uploads",
    title="GOAWAY of the client does away with what its uploads had received",
    requirements=("SUITE-INTEGRITY-ACKNOWLEDGED-LOST",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_GoawayEmptiesTheUploads,
    transport=Transport.H2,
)
