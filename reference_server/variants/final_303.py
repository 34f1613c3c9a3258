"""The target answers a completed upload with 303."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.core.messages import Response
    from reference_server.core.uploads import Representation


class _SeeOther(Policy):
    def target_response(
        self, representation: Representation, digest: str | None = None
    ) -> Response:
        response = super().target_response(representation, digest)
        return replace(
            response, status=303, fields=(*response.fields, ("Location", representation.path))
        )


VARIANT = Variant(
    name="final-303",
    title="The target answers a completed upload with 303",
    overrides=(_SeeOther,),
    drafts=(7, 8, 9, 10),
)
