"""An acknowledgement is 200 where the draft leaves it open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft


class _Statuses(Policy):
    def status_for_incomplete_creation(self, draft: Draft) -> int:
        return 201 if draft.has("created-201") else 200

    def status_for_incomplete_append(self, draft: Draft) -> int:
        return 201 if draft.has("created-201") else 200


VARIANT = Variant(
    name="created-200",
    title="An acknowledgement is 200 where the draft leaves it open",
    overrides=(_Statuses,),
    warns=("RUFH-CREATE-INCOMPLETE-201",),
)
