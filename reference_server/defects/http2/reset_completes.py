"""RST_STREAM is taken for the end of the request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_streams import H2Streams

if TYPE_CHECKING:
    from h2 import events as h2_events


class _ResetCompletes(H2Streams):
    def _was_reset(self, event: h2_events.StreamReset) -> None:
        stream = self._open.get(event.stream_id)
        if stream is not None and stream.live:
            exchange = stream.exchange
            if isinstance(exchange, Transfer):
                exchange._upload.length = None  # noqa: SLF001
            stream.over()
            exchange.end()
        super()._was_reset(event)


DEFECT = Defect(
    name="reset-completes",
    title="RST_STREAM is taken for the end of the request",
    requirements=("H2-RST-INCOMPLETE", "SUITE-INTEGRITY-CUT-NOT-COMPLETE"),
    drafts=(9, 3),
    difficulty=Difficulty.INTERRUPTION,
    override=_ResetCompletes,
    transport=Transport.H2,
)
