"""A 104 always carries the newest interop version, whatever the request named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.profiles.rufh.drafts import VERSION_FIELD
from reference_server.core.call import NEWEST
from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft
    from reference_server.core.messages import FieldLine


class _NewestVersionOn104(Policy):
    def version(self, draft: Draft) -> FieldLine:
        del draft
        return VERSION_FIELD, str(NEWEST.number)


DEFECT = Defect(
    name="newest-version-on-104",
    title="A 104 always carries the newest interop version, whatever the request named",
    requirements=("RUFH-VERSION-104-HEADER",),
    drafts=(6, 3, 4, 5, 7, 8),
    difficulty=Difficulty.WIRE,
    override=_NewestVersionOn104,
)
