"""Interop version 6 as in its first revision: no Upload-Length, no limits by OPTIONS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _Revision04(Policy):
    def read_length(self, call: Call) -> int | None:
        del call
        return None

    def length(self, draft: Draft, upload: Upload) -> tuple[FieldLine, ...]:
        del draft, upload
        return ()

    def fields_for_target_options(self, call: Call) -> tuple[FieldLine, ...]:
        del call
        return (("Allow", self.methods_of_target()),)


VARIANT = Variant(
    name="as-revision-04",
    title="Interop version 6 as in its first revision: no Upload-Length, no limits by OPTIONS",
    overrides=(_Revision04,),
    drafts=(6,),
)
