"""Pipelined requests are answered in the wrong order."""

from __future__ import annotations

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.defects.rewriting import RewritingConnection


class _PipelinedOutOfOrder(RewritingConnection):
    _held = b""
    _flushing = False

    def rewrite_response(self, data: bytes) -> bytes:
        held, self._held = self._held, b""
        if held or self._flushing or b"\r\nUpload-Complete: ?0" not in data:
            return data + held
        if not data.startswith(b"HTTP/1.1 20") or b"\r\nCache-Control" in data:
            return data
        self._held = data
        self._loop.call_later(0.05, self._flush)
        return b""

    def _flush(self) -> None:
        held, self._held = self._held, b""
        self._flushing = True
        self._transport.write(held)
        self._flushing = False


DEFECT = Defect(
    name="pipelined-out-of-order",
    title="Pipelined requests are answered in the wrong order",
    requirements=("H1-PIPELINE-ORDER",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_PipelinedOutOfOrder,
    transport=Transport.H1,
)
