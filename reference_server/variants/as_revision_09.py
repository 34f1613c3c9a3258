"""Interop version 8 as in its first revision: limits by OPTIONS, no Accept-Patch there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.lines import without
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine


class _Revision09(Policy):
    def fields_for_target_options(self, call: Call) -> tuple[FieldLine, ...]:
        return without(super().fields_for_target_options(call), "Accept-Patch")


VARIANT = Variant(
    name="as-revision-09",
    title="Interop version 8 as in its first revision: limits by OPTIONS, no Accept-Patch there",
    overrides=(_Revision09,),
    drafts=(8,),
)
