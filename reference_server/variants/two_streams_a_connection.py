"""A connection of HTTP/2 may have two streams at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_server.defects.defect import Transport
from reference_server.h2 import H2Connection
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.bounds import Bounds
    from reference_server.front import Begin, Connections


class _TwoStreamsAConnection(H2Connection):
    def __init__(self, begin: Begin, bounds: Bounds, connections: Connections) -> None:
        super().__init__(begin, replace(bounds, streams=2), connections)


VARIANT = Variant(
    name="two-streams-a-connection",
    title="A connection of HTTP/2 may have two streams at a time",
    overrides=(_TwoStreamsAConnection,),
    drafts=(3, 9),
    transport=Transport.H2,
)
