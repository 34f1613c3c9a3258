"""An append after completion begins the stored representation anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.append import Appender
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions, Exchange
    from reference_server.core.uploads import Upload


class _AppendAfterCompletionBeginsAnew(Appender):
    def _after_completion(
        self, call: Call, actions: Actions, upload: Upload, offset: int, *, complete: bool
    ) -> Exchange:
        self._policy.check_offset(call, upload, offset)
        upload.blob.truncate(0)
        return super()._after_completion(call, actions, upload, 0, complete=complete)


DEFECT = Defect(
    name="append-after-completion-begins-anew",
    title="An append after completion begins the stored representation anew",
    requirements=("SUITE-INTEGRITY-COMPLETED-UNCHANGED",),
    drafts=(9, 10),
    difficulty=Difficulty.STORAGE,
    override=_AppendAfterCompletionBeginsAnew,
)
