"""A missing or empty pseudo-field is made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_session import Session

if TYPE_CHECKING:
    from reference_server.h2_messages import Section


_USUAL = {b":method": b"PATCH", b":scheme": b"http", b":path": b"/"}


class _MissingPseudoFieldsMadeUp(Session):
    @property
    def section(self) -> Section:
        told = [line for line in super().section if line[1] or line[0] not in _USUAL]
        names = {name for name, _ in told}
        return [*((name, _USUAL[name]) for name in _USUAL if name not in names), *told]


DEFECT = Defect(
    name="missing-pseudo-fields-made-up",
    title="A missing or empty pseudo-field is made up",
    requirements=("H2-MALFORMED-REFUSED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_MissingPseudoFieldsMadeUp,
    transport=Transport.H2,
)
