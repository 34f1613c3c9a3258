"""What the core asks of a store; implementations are in ``reference_server.store``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

#: What a store keeps beside the octets; values are JSON scalars.
Record = dict[str, str | int | bool | None]


class StoreFullError(Exception):
    """The store has no room for more octets."""


class Blob(Protocol):
    """Octets that only grow at their end; the size is the offset of an upload."""

    @property
    def size(self) -> int:
        """Number of octets stored."""

    def append(self, data: bytes) -> None:
        """Add octets at the end; when this returns they survive the end of the process.

        Raises:
            StoreFullError: there is no room; some octets may have been stored.
        """

    def truncate(self, size: int) -> None:
        """Drop all octets from ``size`` on."""

    def pieces(self) -> Iterator[bytes]:
        """Yield all octets in order."""

    def rest(self) -> None:
        """Release what is only needed while octets arrive."""


class Store(Protocol):
    """A place for blobs and their records, found by identifiers the core chose."""

    def create(self, identifier: str) -> Blob:
        """Make an empty blob."""

    def save(self, identifier: str, record: Record) -> None:
        """Keep a record, replacing an older one as a whole."""

    def forget(self, identifier: str) -> None:
        """Remove blob and record, if there are any."""

    def load(self) -> Iterator[tuple[str, Record, Blob]]:
        """Yield everything kept that has a readable record."""
