"""A refusal is followed by an answer that nothing had asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h1 import H1Connection

if TYPE_CHECKING:
    from reference_server.core.messages import Response


_STRAY = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


class _StrayAnswerAfterARefusal(H1Connection):
    _refused = False

    def data_received(self, data: bytes) -> None:
        if self._refused:
            self._refused = False
            self._transport.write(_STRAY)
        super().data_received(data)

    def send_final(self, response: Response) -> None:
        self._refused = 400 <= response.status < 500
        super().send_final(response)


DEFECT = Defect(
    name="stray-answer-after-a-refusal",
    title="A refusal is followed by an answer that nothing had asked for",
    requirements=("H1-READ-OR-CLOSE",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_StrayAnswerAfterARefusal,
    transport=Transport.H1,
)
