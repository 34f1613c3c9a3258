"""An append to a completed upload is refused as gone where the status is free."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from reference_server.core.conduct import Policy
from reference_server.core.problems import Problem
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.uploads import Upload


class _Gone(Policy):
    def refuse_completed(self, call: Call, upload: Upload) -> NoReturn:
        if call.draft.has("completed-upload-problem") and call.draft.has("expires-key"):
            super().refuse_completed(call, upload)
        self.refuse(call, None, Problem(status=410, detail="The upload is over."))


VARIANT = Variant(
    name="completed-upload-410",
    title="An append to a completed upload is refused as gone where the status is free",
    overrides=(_Gone,),
)
