"""After a refusal the rest of the content is read as the next request."""

from __future__ import annotations

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h1 import H1Connection, _Phase


class _UnreadContentReadAsRequest(H1Connection):
    def _answered(self) -> None:
        if not self._more_content():
            super()._answered()
            return
        self._direct = None
        self._unread = 0
        self._h11 = self._new_h11()
        self._phase = _Phase.HEAD


DEFECT = Defect(
    name="unread-content-read-as-request",
    title="After a refusal the rest of the content is read as the next request",
    requirements=("H1-READ-OR-CLOSE",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_UnreadContentReadAsRequest,
    transport=Transport.H1,
)
