"""When the client closes its side, what has come is taken for all of the content."""

from __future__ import annotations

from reference_server.core.transfer import Transfer
from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h1 import H1Connection


class _HalfCloseEndsTheContent(H1Connection):
    def eof_received(self) -> bool:
        transfer = self._exchange
        if isinstance(transfer, Transfer) and self._actions is not None and self._actions.live:
            transfer._upload.length = None  # noqa: SLF001
            self._h11 = self._new_h11()
            self._h11.receive_data(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            self._h11.next_event()
            transfer.end()
        return super().eof_received()


DEFECT = Defect(
    name="half-close-ends-the-content",
    title="When the client closes its side, what has come is taken for all of the content",
    requirements=("H1-CL-SHORT-INCOMPLETE",),
    drafts=(9, 3),
    difficulty=Difficulty.INTERRUPTION,
    override=_HalfCloseEndsTheContent,
    transport=Transport.H1,
)
