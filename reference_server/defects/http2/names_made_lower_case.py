"""Field names with capital letters are made lower case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_session import Session

if TYPE_CHECKING:
    from reference_server.h2_messages import Section


class _NamesMadeLowerCase(Session):
    @property
    def section(self) -> Section:
        return [(name.lower(), value) for name, value in super().section]


DEFECT = Defect(
    name="names-made-lower-case",
    title="Field names with capital letters are made lower case",
    requirements=("H2-MALFORMED-REFUSED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_NamesMadeLowerCase,
    transport=Transport.H2,
)
