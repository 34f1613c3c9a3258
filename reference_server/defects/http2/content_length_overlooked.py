"""content-length is not looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_session import Session

if TYPE_CHECKING:
    from reference_server.h2_messages import Section


class _ContentLengthOverlooked(Session):
    @property
    def section(self) -> Section:
        return [line for line in super().section if line[0] != b"content-length"]


DEFECT = Defect(
    name="content-length-overlooked",
    title="content-length is not looked at",
    requirements=("H2-CONTENT-LENGTH-MISMATCH", "SUITE-INTEGRITY-CUT-NOT-COMPLETE"),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_ContentLengthOverlooked,
    transport=Transport.H2,
)
