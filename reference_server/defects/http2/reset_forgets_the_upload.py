"""RST_STREAM during a creation does away with the upload resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.states import Input
from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_streams import H2Streams

if TYPE_CHECKING:
    from h2 import events as h2_events


class _ResetForgetsTheUpload(H2Streams):
    def _was_reset(self, event: h2_events.StreamReset) -> None:
        stream = self._open.get(event.stream_id)
        exchange = stream.exchange if stream is not None else None
        super()._was_reset(event)
        if isinstance(exchange, Transfer) and exchange._creating:  # noqa: SLF001
            exchange._registry.remove(exchange._upload, Input.EXPIRE)  # noqa: SLF001  # noqa: SLF001


DEFECT = Defect(
    name="reset-forgets-the-upload",
    title="RST_STREAM during a creation does away with the upload resource",
    requirements=("RUFH-CREATE-SAVE-PARTIAL",),
    drafts=(9, 6),
    difficulty=Difficulty.INTERRUPTION,
    override=_ResetForgetsTheUpload,
    transport=Transport.H2,
)
