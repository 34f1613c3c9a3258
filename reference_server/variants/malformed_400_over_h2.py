"""A malformed HTTP/2 request is answered with 400."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.messages import Response
from reference_server.defects.defect import Transport
from reference_server.h2_streams import H2Streams
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.h2_stream import H2Stream


class _Malformed400(H2Streams):
    def _malformed(self, stream: H2Stream) -> None:
        self._guard.malformed.spend()
        exchange = stream.exchange
        stream.over()
        exchange.interrupted()
        self.send_final(stream, Response(status=400))


VARIANT = Variant(
    name="malformed-400-over-h2",
    title="A malformed HTTP/2 request is answered with 400",
    overrides=(_Malformed400,),
    drafts=(3, 9),
    transport=Transport.H2,
)
