"""A malformed upload field makes the whole request malformed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.core.problems import Problem
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.fields import MalformedFieldError


class _Strict(Policy):
    def malformed(self, call: Call, error: MalformedFieldError) -> None:
        self.refuse(call, None, Problem(status=400, detail=f"The field {error}."))


VARIANT = Variant(
    name="malformed-fields-400",
    title="A malformed upload field makes the whole request malformed",
    overrides=(_Strict,),
)
