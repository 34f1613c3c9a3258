"""How many interim responses one final response may have; the same over HTTP/1.1 and HTTP/2."""

from __future__ import annotations

#: interim responses to one request
INTERIM_BOUND = 10_000
#: octets of all of them
INTERIM_OCTETS_BOUND = 8_388_608


class InterimCount:
    """Counts the interim responses to one request."""

    __slots__ = ("_interims", "_octets")

    def __init__(self) -> None:
        self._interims = 0
        self._octets = 0

    def take(self, length: int) -> str:
        """Count one of ``length`` octets; return what are too many now, in words, or nothing."""
        self._interims += 1
        self._octets += length
        if self._interims > INTERIM_BOUND:
            return f"more than {INTERIM_BOUND} interim responses"
        if self._octets > INTERIM_OCTETS_BOUND:
            return f"more than {INTERIM_OCTETS_BOUND} octets of interim responses"
        return ""
