"""Responses carry a field of an HTTP/1.1 connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_session import Session

if TYPE_CHECKING:
    from reference_server.h2_messages import Section


class _ConnectionFieldSent(Session):
    def send_section(self, stream: int, section: Section, *, ended: bool) -> None:
        self._library.config.validate_outbound_headers = False
        self._library.config.normalize_outbound_headers = False
        super().send_section(stream, [*section, (b"connection", b"keep-alive")], ended=ended)


DEFECT = Defect(
    name="connection-field-sent",
    title="Responses carry a field of an HTTP/1.1 connection",
    requirements=("H2-RESPONSE-WELL-FORMED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_ConnectionFieldSent,
    transport=Transport.H2,
)
