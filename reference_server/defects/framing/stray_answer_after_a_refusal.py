"""A refusal is followed by an answer that nothing had asked for."""

from __future__ import annotations

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection

_STRAY = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


class _StrayAnswerAfterARefusal(RewritingConnection):
    """It comes with the refusal of content that was not read, else before the next answer."""

    _refused = False

    def rewrite_request(self, data: bytes) -> bytes:
        if self._refused:
            self._transport.write(_STRAY)
        return data

    def rewrite_response(self, data: bytes) -> bytes:
        self._refused = data.startswith(b"HTTP/1.1 4") and data != _STRAY
        if self._refused and self._more_content() and self._unread != 0:
            self._refused = False
            return data + _STRAY
        return data


DEFECT = Defect(
    name="stray-answer-after-a-refusal",
    title="A refusal is followed by an answer that nothing had asked for",
    requirements=("H1-READ-OR-CLOSE",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_StrayAnswerAfterARefusal,
    transport=Transport.H1,
)
