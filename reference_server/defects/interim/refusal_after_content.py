"""An append with Expect is refused only after its content has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.append import Appender
from reference_server.core.exchange import Exchange
from reference_server.core.messages import RefusalError
from reference_server.defects.defect import Defect, Difficulty

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions
    from reference_server.core.messages import Response
    from reference_server.core.uploads import Upload


class _RefusalAfterContent(Appender):
    def serve(self, call: Call, actions: Actions, upload: Upload) -> Exchange:
        try:
            return super().serve(call, actions, upload)
        except RefusalError as refusal:
            if not call.request.expects_continue:
                raise
            return _Later(actions, refusal.response)


class _Later(Exchange):
    def __init__(self, actions: Actions, response: Response) -> None:
        self._actions = actions
        self._response = response

    def end(self) -> None:
        self._actions.final(self._response)


DEFECT = Defect(
    name="refusal-after-content",
    title="An append with Expect is refused only after its content has come",
    requirements=("HTTP-EXPECT-SERVER-ANSWER",),
    drafts=(9, 6, 3),
    difficulty=Difficulty.WIRE,
    override=_RefusalAfterContent,
)
