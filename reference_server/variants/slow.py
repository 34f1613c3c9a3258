"""Everything takes 300 ms longer."""

from __future__ import annotations

from typing import Final

from reference_server.h1 import H1Connection
from reference_server.variants.variant import Variant

_LATENCY: Final = 0.3


class _Slow(H1Connection):
    def data_received(self, data: bytes) -> None:
        if self._late is None:
            self._late = []
            self._loop.call_later(_LATENCY, self._arrive)
        self._late.append(data)

    def _arrive(self) -> None:
        late, self._late = self._late, None
        for data in late or ():
            super().data_received(data)

    def eof_received(self) -> bool:
        self._loop.call_later(_LATENCY + 0.01, super().eof_received)
        return True

    _late: list[bytes] | None = None


VARIANT = Variant(
    name="slow",
    title="Everything takes 300 ms longer",
    overrides=(_Slow,),
    latency=_LATENCY,
)
