"""Field names with characters that are not allowed are dropped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reference_server.defects.defect import Defect, Difficulty, Transport
from reference_server.h2_session import Session

if TYPE_CHECKING:
    from reference_server.h2_messages import Section


_TOKEN = re.compile(rb":?[!#$%&'*+\-.^_`|~0-9a-zA-Z]+")


class _OddNamesDropped(Session):
    @property
    def section(self) -> Section:
        return [line for line in super().section if _TOKEN.fullmatch(line[0])]


DEFECT = Defect(
    name="odd-names-dropped",
    title="Field names with characters that are not allowed are dropped",
    requirements=("H2-MALFORMED-REFUSED",),
    drafts=(9, 3),
    difficulty=Difficulty.WIRE,
    override=_OddNamesDropped,
    transport=Transport.H2,
)
