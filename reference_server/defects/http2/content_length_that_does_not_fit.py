"""content-length of refusals is one more than their content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_session import Session

if TYPE_CHECKING:
    from reference_server.h2_messages import Section


class _ContentLengthThatDoesNotFit(Session):
    def send_section(self, stream: int, section: Section, *, ended: bool) -> None:
        self._library.config.validate_outbound_headers = False
        refusal = section[0][1].startswith(b"4")
        told = [
            (name, b"%d" % (int(value) + 1) if refusal and name == b"content-length" else value)
            for name, value in section
        ]
        super().send_section(stream, told, ended=ended)


DEFECT = Defect(
    name="content-length-that-does-not-fit",
    title="content-length of refusals is one more than their content",
    requirements=("H2-RESPONSE-WELL-FORMED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_ContentLengthThatDoesNotFit,
    transport=Transport.H2,
)
