"""After a refusal the content not read is taken for the begin of the next request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h1 import H1Connection

if TYPE_CHECKING:
    import h11

    from reference_server.core.messages import Response


class _UnreadContentReadAsRequest(H1Connection):
    _misread = False

    def send_final(self, response: Response) -> None:
        self._misread = response.status >= 400 and self._more_content() and self._unread != 0
        super().send_final(response)

    def _request(self, event: h11.Request) -> None:
        # Content stands in front of the next request line. That is told when the head ends, not
        # before: so it makes no difference in how many pieces the content arrives.
        if self._misread:
            self._refuse(400)
        else:
            super()._request(event)


DEFECT = Defect(
    name="unread-content-read-as-request",
    title="After a refusal the content not read is taken for the begin of the next request",
    requirements=("H1-READ-OR-CLOSE",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_UnreadContentReadAsRequest,
    transport=Transport.H1,
)
