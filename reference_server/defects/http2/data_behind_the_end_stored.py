"""DATA behind the end of a stream is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2 import H2Connection
from reference_server.h2_frames import HEAD, FrameHead, Kind
from reference_server.h2_stream import H2Stream

if TYPE_CHECKING:
    from reference_server.bounds import Bounds
    from reference_server.core.exchange import Actions, Exchange
    from reference_server.core.messages import Request
    from reference_server.core.storage import Blob
    from reference_server.front import Begin, Connections


_END_STREAM = 0x1


class _DataBehindTheEndStored(H2Connection):
    def __init__(self, begin: Begin, bounds: Bounds, connections: Connections) -> None:
        self._ended_streams: set[int] = set()
        self._blobs: dict[int, Blob] = {}

        def noting(request: Request, actions: Actions) -> Exchange:
            exchange = begin(request, actions)
            if isinstance(exchange, Transfer) and isinstance(actions, H2Stream):
                self._blobs[actions.number] = exchange._upload.blob  # noqa: SLF001
            return exchange

        super().__init__(noting, bounds, connections)

    def _begin_frame(self, frame: FrameHead) -> None:
        super()._begin_frame(frame)
        if frame.kind == Kind.DATA and frame.flags & _END_STREAM and not frame.length:
            self._ended_streams.add(frame.stream)

    def _take(self, octets: bytes | memoryview) -> None:
        frame = self._frame
        if frame.kind != Kind.DATA or frame.stream not in self._ended_streams:
            super()._take(octets)
            if frame.kind == Kind.DATA and frame.flags & _END_STREAM and not self._left:
                self._ended_streams.add(frame.stream)
        elif len(octets) != HEAD and frame.stream in self._blobs:
            self._blobs[frame.stream].append(bytes(octets))


DEFECT = Defect(
    name="data-behind-the-end-stored",
    title="DATA behind the end of a stream is stored",
    requirements=("SUITE-INTEGRITY-LATE-OCTETS",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_DataBehindTheEndStored,
    transport=Transport.H2,
)
