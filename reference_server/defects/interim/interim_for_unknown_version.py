"""A client whose interop version is unknown gets a 104."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.profiles.rufh.drafts import VERSION_FIELD
from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _InterimForUnknownVersion(Policy):
    def understands_version(self, call: Call) -> bool:
        return VERSION_FIELD in call.request.fields


DEFECT = Defect(
    name="interim-for-unknown-version",
    title="A client whose interop version is unknown gets a 104",
    requirements=("RUFH-VERSION-NO-104-MISMATCH",),
    drafts=(9, 6),
    difficulty=Difficulty.WIRE,
    override=_InterimForUnknownVersion,
)
