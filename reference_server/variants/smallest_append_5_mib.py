"""An append has to bring 5 MiB unless it is the last.

As stores behind a server may want it that keep parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.conduct import Policy
from reference_server.core.limits import Limits
from reference_server.variants.variant import Variant

if TYPE_CHECKING:
    from conformance.profiles.rufh.drafts import Draft
    from reference_server.core.messages import FieldLine
    from reference_server.core.uploads import Upload


class _Parts(Policy):
    def limit(self, draft: Draft, upload: Upload | None) -> tuple[FieldLine, ...]:
        return super().limit(draft, upload)


VARIANT = Variant(
    name="smallest-append-5-mib",
    title="An append has to bring 5 MiB unless it is the last",
    overrides=(_Parts,),
    limits=Limits(min_append_size=5 * 1024 * 1024),
)
