"""A client that waits gets 100 first, and 104 after it.

The clean server sends 104 first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.creation import Creator
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions, Exchange
    from reference_server.core.uploads import Upload


class _Eager(Creator):
    def _receive(self, call: Call, actions: Actions, upload: Upload, *, complete: bool) -> Exchange:
        transfer = self.transfer(
            policy=self._policy,
            registry=self._registry,
            call=call,
            upload=upload,
            actions=actions,
            complete=complete,
            creating=True,
        )
        transfer.start()
        if self._policy.sends_continue(call):
            actions.interim(100, ())
        if self._policy.announces(call):
            actions.interim(104, self._policy.announcement(call, upload))
        return transfer


VARIANT = Variant(
    name="continue-before-104",
    title="A client that waits gets 100 first, and 104 after it",
    overrides=(_Eager,),
)
