"""Responses to HEAD have content."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_messages import content_size
from reference_server.h2_streams import H2Streams

if TYPE_CHECKING:
    from reference_server.core.messages import Response
    from reference_server.h2_stream import H2Stream


class _ContentAfterHead(H2Streams):
    def send_final(self, stream: H2Stream, response: Response) -> None:
        if stream.without_content and not content_size(response):
            response = replace(response, content=b"stored")
        stream.without_content = False
        super().send_final(stream, response)


DEFECT = Defect(
    name="content-after-head-over-h2",
    title="Responses to HEAD have content",
    requirements=("HTTP-HEAD-NO-CONTENT",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_ContentAfterHead,
    transport=Transport.H2,
)
