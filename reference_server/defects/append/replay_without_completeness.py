"""An empty append to a completed upload gets a success that does not say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.append import Appender, Replay
from reference_server.core.messages import Response
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions, Exchange
    from reference_server.core.uploads import Upload


class _Bare(Replay):
    def end(self) -> None:
        if not self._done:
            self._done = True
            self._actions.final(Response(status=200))


class _ReplayWithoutCompleteness(Appender):
    def _after_completion(
        self, call: Call, actions: Actions, upload: Upload, offset: int, *, complete: bool
    ) -> Exchange:
        super()._after_completion(call, actions, upload, offset, complete=complete)
        return _Bare(self._policy, call, actions, upload)


DEFECT = Defect(
    name="replay-without-completeness",
    title="An empty append to a completed upload gets a success that does not say so",
    requirements=("RUFH-APPEND-COMPLETE-TRUE",),
    drafts=(9,),
    difficulty=Difficulty.WIRE,
    override=_ReplayWithoutCompleteness,
)
