"""A request that names an interop version unknown here is refused with 400."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.profiles.rufh.drafts import VERSION_FIELD
from reference_server.core.problems import Problem
from reference_server.core.server import Core
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from reference_server.core.call import Call
    from reference_server.core.exchange import Actions, Exchange


class _Picky(Core):
    def _serve_upload_request(self, call: Call, actions: Actions) -> Exchange:
        if call.named is None and VERSION_FIELD in call.request.fields:
            self._refuse(
                call, Problem(status=400, detail="This interop version is not spoken here.")
            )
        return super()._serve_upload_request(call, actions)


VARIANT = Variant(
    name="unknown-version-400",
    title="A request that names an interop version unknown here is refused with 400",
    overrides=(_Picky,),
    warns=("RUFH-CREATE-FALLBACK-IGNORE",),
)
