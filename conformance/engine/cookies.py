"""Cookies of one scenario: kept by name and sent back, as load balancers with sessions need it.

Attributes of cookies are not looked at; what a scenario asks is one site within seconds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.model.transcript import Message

_PAIR = re.compile(rb"\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256})=([^;\x00-\x20\x7f]{0,4096})")
_KEPT = 50


class Cookies:
    """Name and value of every cookie set so far."""

    __slots__ = ("_pairs",)

    def __init__(self) -> None:
        self._pairs: dict[bytes, bytes] = {}

    def learn(self, message: Message) -> None:
        """Keep what a response sets; an empty value removes the cookie."""
        for value in message.values("Set-Cookie"):
            found = _PAIR.match(value)
            if found is None:
                continue
            if not found[2]:
                self._pairs.pop(found[1], None)
            elif found[1] in self._pairs or len(self._pairs) < _KEPT:
                self._pairs[found[1]] = found[2]

    def value(self) -> str:
        """Return the value of the Cookie field; empty if there are none."""
        return b"; ".join(b"%b=%b" % pair for pair in self._pairs.items()).decode("latin-1")
