"""Windows and frames of HTTP/2 have their initial sizes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_server.defects.defect import Transport
from reference_server.h2 import H2Connection
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.bounds import Bounds
    from reference_server.front import Begin, Connections


class _SmallestWindows(H2Connection):
    def __init__(self, begin: Begin, bounds: Bounds, connections: Connections) -> None:
        small = replace(bounds, window_octets=65_535, frame_octets=16_384)
        super().__init__(begin, small, connections)


VARIANT = Variant(
    name="smallest-windows",
    title="Windows and frames of HTTP/2 have their initial sizes",
    overrides=(_SmallestWindows,),
    drafts=(3, 9),
    transport=Transport.H2,
)
