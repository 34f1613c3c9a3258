"""Of a pseudo-field that is there twice the last one counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_session import Session

if TYPE_CHECKING:
    from reference_server.h2_messages import Section


class _LastPseudoFieldWins(Session):
    @property
    def section(self) -> Section:
        section = super().section
        last = {line[0]: number for number, line in enumerate(section)}
        return [
            line
            for number, line in enumerate(section)
            if not line[0].startswith(b":") or last[line[0]] == number
        ]


DEFECT = Defect(
    name="last-pseudo-field-wins",
    title="Of a pseudo-field that is there twice the last one counts",
    requirements=("H2-MALFORMED-REFUSED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_LastPseudoFieldWins,
    transport=Transport.H2,
)
