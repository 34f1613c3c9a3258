"""A malformed HTTP/2 request ends its connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from h2.errors import ErrorCodes

from reference_server.defects.defect import Transport
from reference_server.h2_frames import ConnectionEndedError
from reference_server.h2_streams import H2Streams
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.h2_stream import H2Stream


class _MalformedEndsTheConnection(H2Streams):
    def _malformed(self, stream: H2Stream) -> None:
        raise ConnectionEndedError(ErrorCodes.PROTOCOL_ERROR)


VARIANT = Variant(
    name="malformed-ends-the-connection",
    title="A malformed HTTP/2 request ends its connection",
    overrides=(_MalformedEndsTheConnection,),
    drafts=(3, 9),
    transport=Transport.H2,
)
