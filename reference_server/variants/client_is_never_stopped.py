"""After an early response the content that still comes is read and dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Transport
from reference_server.h2_streams import H2Streams
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.h2_stream import H2Stream


class _ClientIsNeverStopped(H2Streams):
    def _stop(self, stream: H2Stream) -> None:
        del stream


VARIANT = Variant(
    name="client-is-never-stopped",
    title="After an early response the content that still comes is read and dropped",
    overrides=(_ClientIsNeverStopped,),
    drafts=(3, 9),
    transport=Transport.H2,
)
