"""What the front ends have in common: how they reach the core and are found again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from reference_server.core.exchange import Actions, Exchange
from reference_server.core.messages import Request

#: Makes the exchange of a request; the core's ``begin``.
Begin = Callable[[Request, Actions], Exchange]


class FrontEnd(Protocol):
    """One connection, whatever it speaks."""

    def reset(self) -> None:
        """End it at once; what has arrived is kept."""


#: All connections of a server; each one enters and leaves by itself.
Connections = set[FrontEnd]
