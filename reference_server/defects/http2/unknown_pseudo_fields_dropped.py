"""Pseudo-fields that requests do not have are dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_session import Session

if TYPE_CHECKING:
    from reference_server.h2_messages import Section


_KNOWN = (b":method", b":scheme", b":path", b":authority")


class _UnknownPseudoFieldsDropped(Session):
    @property
    def section(self) -> Section:
        section = super().section
        return [line for line in section if line[0] in _KNOWN or not line[0].startswith(b":")]


DEFECT = Defect(
    name="unknown-pseudo-fields-dropped",
    title="Pseudo-fields that requests do not have are dropped",
    requirements=("H2-MALFORMED-REFUSED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_UnknownPseudoFieldsDropped,
    transport=Transport.H2,
)
