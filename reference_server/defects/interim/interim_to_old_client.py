"""An HTTP/1.0 client gets a 104."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty, Transport

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _InterimToOldClient(Policy):
    def announces(self, call: Call) -> bool:
        return self.understands_version(call)


DEFECT = Defect(
    name="interim-to-old-client",
    title="An HTTP/1.0 client gets a 104",
    requirements=("HTTP-1XX-NO-HTTP10",),
    drafts=(9, 3, 6),
    difficulty=Difficulty.WIRE,
    override=_InterimToOldClient,
    transport=Transport.H1,
)
