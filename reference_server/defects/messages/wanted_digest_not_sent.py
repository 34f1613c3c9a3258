"""A digest a client wants is not sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.messages import Response
    from reference_server.core.uploads import Representation


class _WantedDigestNotSent(Policy):
    def target_response(
        self, representation: Representation, digest: str | None = None
    ) -> Response:
        del digest
        return super().target_response(representation, None)


DEFECT = Defect(
    name="wanted-digest-not-sent",
    title="A digest a client wants is not sent",
    requirements=("RUFH-H-WANT-REPR-DIGEST",),
    drafts=(7, 6, 8),
    difficulty=Difficulty.WIRE,
    override=_WantedDigestNotSent,
)
