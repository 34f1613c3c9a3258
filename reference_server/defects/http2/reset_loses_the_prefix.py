"""What came before RST_STREAM is thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_streams import H2Streams

if TYPE_CHECKING:
    from h2 import events as h2_events


class _ResetLosesThePrefix(H2Streams):
    def _was_reset(self, event: h2_events.StreamReset) -> None:
        stream = self._open.get(event.stream_id)
        if stream is not None and isinstance(stream.exchange, Transfer):
            transfer = stream.exchange
            transfer._upload.blob.truncate(transfer._base)  # noqa: SLF001
        super()._was_reset(event)


DEFECT = Defect(
    name="reset-loses-the-prefix",
    title="What came before RST_STREAM is thrown away",
    requirements=(
        "RUFH-APPEND-SAVE-PARTIAL",
        "RUFH-CREATE-SAVE-PARTIAL",
        "SUITE-INTEGRITY-ACKNOWLEDGED-LOST",
    ),
    drafts=(9, 6),
    difficulty=Difficulty.INTERRUPTION,
    override=_ResetLosesThePrefix,
    transport=Transport.H2,
)
