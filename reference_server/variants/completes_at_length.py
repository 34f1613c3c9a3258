"""An upload whose length is reached is completed by the answer of the target.

The texts from interop version 9 on let a server complete an upload by its response.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.core.uploads import Upload


class _LengthCompletes(Policy):
    def completes(self, upload: Upload, *, complete: bool) -> bool:
        return complete or upload.offset == upload.length


VARIANT = Variant(
    name="completes-at-length",
    title="An upload whose length is reached is completed by the answer of the target",
    overrides=(_LengthCompletes,),
    warns=("RUFH-COMPLETE-EARLY-2XX",),
    drafts=(9, 10),
)
