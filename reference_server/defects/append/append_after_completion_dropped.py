"""An append to a completed upload succeeds and is dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.append import Appender
from reference_server.core.exchange import Exchange
from reference_server.core.messages import Response
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions
    from reference_server.core.uploads import Upload


class _AppendAfterCompletionDropped(Appender):
    def _after_completion(
        self, call: Call, actions: Actions, upload: Upload, offset: int, *, complete: bool
    ) -> Exchange:
        del offset, complete
        status = self._policy.status_for_incomplete_append(call.draft)
        fields = self._policy.fields_for_completion(call, upload, creating=False)
        actions.final(Response(status=status, fields=fields))
        return Exchange()


DEFECT = Defect(
    name="append-after-completion-dropped",
    title="An append to a completed upload succeeds and is dropped",
    requirements=("RUFH-H-APPEND-COMPLETED-REJECT",),
    drafts=(8, 6, 7),
    difficulty=Difficulty.WIRE,
    override=_AppendAfterCompletionDropped,
)
