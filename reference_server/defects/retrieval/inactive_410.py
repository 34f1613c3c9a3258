"""An upload that is not active is answered 410."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.problems import Problem
from reference_server.core.server import Core
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions, Exchange
    from reference_server.core.uploads import Upload


class _Inactive410(Core):
    def _serve_upload(self, call: Call, actions: Actions, upload: Upload | None) -> Exchange:
        if upload is None:
            self._refuse(call, Problem(status=410, detail="The upload is gone."))
        return super()._serve_upload(call, actions, upload)


DEFECT = Defect(
    name="inactive-410",
    title="An upload that is not active is answered 410",
    requirements=("RUFH-H-INACTIVE-404",),
    drafts=(6, 3),
    difficulty=Difficulty.WIRE,
    override=_Inactive410,
)
