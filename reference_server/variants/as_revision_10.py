"""Interop version 8 as in its second revision: OPTIONS tells Accept-Patch, not limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.lines import without
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _Revision10(Policy):
    def fields_for_target_options(self, call: Call) -> tuple[FieldLine, ...]:
        return without(super().fields_for_target_options(call), "Upload-Limit")

    def progress(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        lines = super().progress(call, upload)
        return lines if call.request.path == upload.path else (*lines, self.upload_location(upload))


VARIANT = Variant(
    name="as-revision-10",
    title="Interop version 8 as in its second revision: OPTIONS tells Accept-Patch, not limits",
    overrides=(_Revision10,),
    drafts=(8,),
)
