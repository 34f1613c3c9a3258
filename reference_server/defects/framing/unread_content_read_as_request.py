"""After a refusal the rest of the content is read as the next request."""

from __future__ import annotations

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h1 import H1Connection


class _UnreadContentReadAsRequest(H1Connection):
    def _answered(self) -> None:
        if self._more_content():
            self._transport.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        super()._answered()


DEFECT = Defect(
    name="unread-content-read-as-request",
    title="After a refusal the rest of the content is read as the next request",
    requirements=("H1-READ-OR-CLOSE",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_UnreadContentReadAsRequest,
    transport=Transport.H1,
)
