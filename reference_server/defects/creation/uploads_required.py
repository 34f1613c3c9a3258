"""A creation without a known interop version is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.problems import Problem
from reference_server.core.server import Core
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions, Exchange


class _UploadsRequired(Core):
    def _serve_upload_request(self, call: Call, actions: Actions) -> Exchange:
        if call.named is None and call.draft.completeness_field in call.request.fields:
            self._refuse(call, Problem(status=412, detail="Name an interop version that is known."))
        return super()._serve_upload_request(call, actions)


DEFECT = Defect(
    name="uploads-required",
    title="A creation without a known interop version is refused",
    requirements=("RUFH-CREATE-FALLBACK-IGNORE",),
    drafts=(9, 6),
    difficulty=Difficulty.WIRE,
    override=_UploadsRequired,
)
