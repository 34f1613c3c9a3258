"""A creation that brings everything is served like an ordinary upload, without an upload resource.

Resumption is offered for uploads in parts only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.core.server import Core
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions, Exchange
    from reference_server.core.messages import FieldLine


class _InPartsOnly(Policy):
    def creates_upload(self, call: Call, *, complete: bool) -> bool:
        return not complete and super().creates_upload(call, complete=complete)


class _Plain(Core):
    def _serve_plain(self, call: Call, actions: Actions, told: tuple[FieldLine, ...]) -> Exchange:
        del told
        return super()._serve_plain(call, actions, ())


VARIANT = Variant(
    name="plain-when-complete",
    title="A creation that brings everything is served like an ordinary upload",
    overrides=(_InPartsOnly, _Plain),
)
