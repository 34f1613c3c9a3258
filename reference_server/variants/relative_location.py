"""Location is relative to the creation target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _Relative(Policy):
    def upload_location(self, upload: Upload) -> FieldLine:
        return "Location", f"uploads/{upload.identifier}"


VARIANT = Variant(
    name="relative-location",
    title="Location is relative to the creation target",
    overrides=(_Relative,),
)
