"""An append to a completed upload gets the final response again.

The octets of that append are dropped. Drafts that forbid it are served as ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.append import Appender
from reference_server.core.exchange import Exchange
from reference_server.core.transfer import completion_response
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions
    from reference_server.core.uploads import Upload


class _Replaying(Appender):
    def _after_completion(
        self, call: Call, actions: Actions, upload: Upload, offset: int, *, complete: bool
    ) -> Exchange:
        if call.draft.has("append-after-completion-refused"):
            return super()._after_completion(call, actions, upload, offset, complete=complete)
        self._policy.check_offset(call, upload, offset)
        actions.final(completion_response(self._policy, call, upload, creating=False))
        return Exchange()


VARIANT = Variant(
    name="final-response-replayed",
    title="An append to a completed upload gets the final response again",
    overrides=(_Replaying,),
)
