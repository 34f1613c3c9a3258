"""TE is ignored whatever it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_session import Session

if TYPE_CHECKING:
    from reference_server.h2_messages import Section


class _TeIgnored(Session):
    @property
    def section(self) -> Section:
        return [line for line in super().section if line[0] != b"te"]


DEFECT = Defect(
    name="te-ignored",
    title="TE is ignored whatever it says",
    requirements=("H2-MALFORMED-REFUSED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_TeIgnored,
    transport=Transport.H2,
)
