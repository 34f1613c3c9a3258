"""Field names of responses are sent with capital letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_session import Session

if TYPE_CHECKING:
    from reference_server.h2_messages import Section


class _CapitalLettersSent(Session):
    def send_section(self, stream: int, section: Section, *, ended: bool) -> None:
        self._library.config.validate_outbound_headers = False
        self._library.config.normalize_outbound_headers = False
        capital = [(name if name[:1] == b":" else name.title(), value) for name, value in section]
        super().send_section(stream, capital, ended=ended)


DEFECT = Defect(
    name="capital-letters-sent",
    title="Field names of responses are sent with capital letters",
    requirements=("H2-RESPONSE-WELL-FORMED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_CapitalLettersSent,
    transport=Transport.H2,
)
