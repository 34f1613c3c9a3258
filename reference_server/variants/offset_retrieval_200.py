"""Offset retrieval is answered with 200 instead of 204."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft


class _Ok(Policy):
    def status_for_retrieval(self, draft: Draft) -> int:
        return 204 if draft.has("retrieval-204-only") else 200


VARIANT = Variant(
    name="offset-retrieval-200",
    title="Offset retrieval is answered with 200 instead of 204",
    overrides=(_Ok,),
)
