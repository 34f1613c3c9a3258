"""Responses to appends do not tell the offset where the draft does not ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.defects.lines import without
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _Terse(Policy):
    def fields_for_incomplete_append(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        lines = super().fields_for_incomplete_append(call, upload)
        return lines if call.draft.has("offset-in-responses") else without(lines, "Upload-Offset")

    def fields_for_incomplete_creation(self, call: Call, upload: Upload) -> tuple[FieldLine, ...]:
        lines = super().fields_for_incomplete_creation(call, upload)
        return lines if call.draft.has("offset-in-responses") else without(lines, "Upload-Offset")


VARIANT = Variant(
    name="append-without-offset",
    title="Responses to appends do not tell the offset where the draft does not ask for it",
    overrides=(_Terse,),
)
