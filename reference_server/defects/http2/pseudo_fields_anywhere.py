"""Pseudo-fields count wherever they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_session import Session

if TYPE_CHECKING:
    from reference_server.h2_messages import Section


class _PseudoFieldsAnywhere(Session):
    @property
    def section(self) -> Section:
        return sorted(super().section, key=lambda line: not line[0].startswith(b":"))


DEFECT = Defect(
    name="pseudo-fields-anywhere",
    title="Pseudo-fields count wherever they stand",
    requirements=("H2-MALFORMED-REFUSED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_PseudoFieldsAnywhere,
    transport=Transport.H2,
)
