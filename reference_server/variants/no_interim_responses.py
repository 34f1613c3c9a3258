"""No 104 is ever sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _Silent(Policy):
    def announces(self, call: Call) -> bool:
        del call
        return False


VARIANT = Variant(
    name="no-interim-responses",
    title="No 104 is ever sent",
    overrides=(_Silent,),
    warns=("RUFH-CREATE-104-ANNOUNCE", "RUFH-APPEND-104-PROGRESS"),
)
