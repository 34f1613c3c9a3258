"""A client that names no interop version gets a 104."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.profiles.rufh.drafts import VERSION_FIELD
from reference_server.core.conduct import Policy
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call


class _InterimWithoutVersionRequest(Policy):
    def understands_version(self, call: Call) -> bool:
        return super().understands_version(call) or VERSION_FIELD not in call.request.fields


DEFECT = Defect(
    name="interim-without-version-request",
    title="A client that names no interop version gets a 104",
    requirements=("RUFH-VERSION-NO-104-MISMATCH",),
    drafts=(6, 9),
    difficulty=Difficulty.WIRE,
    override=_InterimWithoutVersionRequest,
)
