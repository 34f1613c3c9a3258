"""Control characters and outer spaces are taken out of field values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_session import Session

if TYPE_CHECKING:
    from reference_server.h2_messages import Section


_CONTROLS = bytes.maketrans(b"", b"")


class _ValuesCleaned(Session):
    @property
    def section(self) -> Section:
        return [
            (name, value.translate(_CONTROLS, b"\x00\r\n").strip())
            for name, value in super().section
        ]


DEFECT = Defect(
    name="values-cleaned",
    title="Control characters and outer spaces are taken out of field values",
    requirements=("H2-MALFORMED-REFUSED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_ValuesCleaned,
    transport=Transport.H2,
)
