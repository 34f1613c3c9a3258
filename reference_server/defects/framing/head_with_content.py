"""The refusal of a HEAD request has content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.exchange import Exchange
from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h1 import H1Connection

if TYPE_CHECKING:
    from reference_server.core.messages import Response


class _HeadWithContent(H1Connection):
    def send_final(self, response: Response) -> None:
        self._exchange = Exchange()
        content = response.content if isinstance(response.content, bytes) else b""
        withheld = content if self._without_content else b""
        super().send_final(response)
        self._transport.write(withheld)


DEFECT = Defect(
    name="head-with-content",
    title="The refusal of a HEAD request has content",
    requirements=("HTTP-HEAD-NO-CONTENT",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_HeadWithContent,
    transport=Transport.H1,
)
