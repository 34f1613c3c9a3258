"""A method that is not allowed is refused twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h1 import H1Connection

if TYPE_CHECKING:
    from reference_server.core.messages import Response


_AGAIN = b"HTTP/1.1 405 Method Not Allowed\r\nAllow: HEAD\r\nContent-Length: 0\r\n\r\n"


class _RefusedMethodAnsweredTwice(H1Connection):
    _refused = False

    def data_received(self, data: bytes) -> None:
        if self._refused:
            self._refused = False
            self._transport.write(_AGAIN)
        super().data_received(data)

    def send_final(self, response: Response) -> None:
        self._refused = response.status == 405
        super().send_final(response)


DEFECT = Defect(
    name="refused-method-answered-twice",
    title="A method that is not allowed is refused twice",
    requirements=("H1-READ-OR-CLOSE",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_RefusedMethodAnsweredTwice,
    transport=Transport.H1,
)
