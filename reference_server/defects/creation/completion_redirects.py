"""A completed creation is answered with 303."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.messages import Response
    from reference_server.core.uploads import Representation


class _CompletionRedirects(Policy):
    def target_response(
        self, representation: Representation, digest: str | None = None
    ) -> Response:
        response = super().target_response(representation, digest)
        return replace(
            response, status=303, fields=(*response.fields, ("Location", representation.path))
        )


DEFECT = Defect(
    name="completion-redirects",
    title="A completed creation is answered with 303",
    requirements=("RUFH-H-CREATE-COMPLETE-2XX", "RUFH-H-APPEND-COMPLETE-2XX"),
    drafts=(4, 3, 5, 6),
    difficulty=Difficulty.WIRE,
    override=_CompletionRedirects,
)
