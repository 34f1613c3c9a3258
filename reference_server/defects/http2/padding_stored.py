"""Padding of DATA frames is stored as if it were content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_streams import H2Streams

if TYPE_CHECKING:
    from h2 import events as h2_events


class _PaddingStored(H2Streams):
    def _content(self, event: h2_events.DataReceived) -> None:
        padding = (event.flow_controlled_length or 0) - len(event.data or b"")
        event.data = (event.data or b"") + bytes(padding)
        super()._content(event)


DEFECT = Defect(
    name="padding-stored",
    title="Padding of DATA frames is stored as if it were content",
    requirements=("SUITE-INTEGRITY-STORED",),
    drafts=(9, 3),
    difficulty=Difficulty.STORAGE,
    override=_PaddingStored,
    transport=Transport.H2,
)
