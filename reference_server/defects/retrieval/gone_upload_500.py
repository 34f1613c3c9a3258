"""An upload that is gone makes the server fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.problems import Problem
from reference_server.core.server import Core
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions, Exchange
    from reference_server.core.uploads import Upload


class _GoneUpload500(Core):
    def _serve_upload(self, call: Call, actions: Actions, upload: Upload | None) -> Exchange:
        if upload is None:
            self._refuse(call, Problem(status=500, detail="Something went wrong."))
        return super()._serve_upload(call, actions, upload)


DEFECT = Defect(
    name="gone-upload-500",
    title="An upload that is gone makes the server fail",
    requirements=("RUFH-GONE-NOT-5XX",),
    drafts=(9, 7),
    difficulty=Difficulty.WIRE,
    override=_GoneUpload500,
)
