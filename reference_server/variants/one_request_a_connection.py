"""Every response closes its connection."""

from __future__ import annotations

from reference_server.h1 import H1Connection
from reference_server.variants.variant import Variant


class _Closing(H1Connection):
    def _closes(self) -> bool:
        return True


VARIANT = Variant(
    name="one-request-a-connection",
    title="Every response closes its connection",
    overrides=(_Closing,),
    warns=("H1-PERSISTENT",),
)
