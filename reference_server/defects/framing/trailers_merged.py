"""A trailer field is taken for a field of the header section."""

from __future__ import annotations

import h11

from reference_server.core.messages import Fields
from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h1 import H1Connection


class _TrailersMerged(H1Connection):
    def _handle(self, event: object) -> None:
        exchange = self._exchange
        if isinstance(event, h11.EndOfMessage) and isinstance(exchange, Transfer):
            lines = [
                (name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers
            ]
            value = Fields(lines).get("Upload-Complete")
            if value is not None:
                exchange._complete = value == "?1"  # noqa: SLF001
        super()._handle(event)


DEFECT = Defect(
    name="trailers-merged",
    title="A trailer field is taken for a field of the header section",
    requirements=("HTTP-TRAILER-NOT-MERGED",),
    drafts=(9,),
    difficulty=Difficulty.WIRE,
    override=_TrailersMerged,
    transport=Transport.H1,
)
