"""A flow-control window we give a peer, and when to widen it (RFC 9113 section 5.2)."""

from __future__ import annotations

from typing import Final

#: octets a window may have at most
LARGEST: Final = 0x7FFF_FFFF
#: octets that may be used of a window at its end before it is widened
_STARVING: Final = 1_024


class Inbound:
    """Octets of content a peer may send us.

    Attributes:
        left: how many by now; less than nothing after a smaller initial window was announced.
    """

    __slots__ = ("_most", "_used", "left")

    def __init__(self, size: int) -> None:
        self.left = size
        self._most = size
        self._used = 0

    def take(self, length: int) -> bool:
        """Count octets that arrived; tell whether the window admitted them."""
        self.left -= length
        return self.left >= 0

    def widen(self, increment: int) -> bool:
        """Let more come; False if no window may be as large, and nothing is changed."""
        if self.left + increment > LARGEST:
            return False
        self.left += increment
        self._most = max(self._most, self.left)
        return True

    def shift(self, change: int) -> None:
        """Follow a change of the initial window (RFC 9113 section 6.9.2)."""
        self.left += change
        self._most += change

    def used(self, length: int) -> int:
        """Count octets that were dealt with; widen by them once they are half of the window.

        Returns:
            The increment to tell the peer; 0 for none.
        """
        self._used += length
        starved = not self.left and self._used > min(_STARVING, self._most // 4)
        if not starved and self._used < self._most // 2:
            return 0
        increment = max(0, min(self._used, self._most - self.left))
        self._used = 0
        self.left += increment
        return increment
