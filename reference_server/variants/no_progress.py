"""Progress is not reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _Quiet(Policy):
    def reports_progress(self, call: Call) -> bool:
        del call
        return False


VARIANT = Variant(
    name="no-progress",
    title="Progress is not reported",
    overrides=(_Quiet,),
    warns=("RUFH-APPEND-104-PROGRESS",),
)
