"""What the core asks of a store; implementations are in ``reference_server.store``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What a store keeps beside the octets; values are JSON scalars.
Record = dict[str, str | int | bool | None]


class StoreError(Exception):
    """The store cannot take more, most likely for want of room."""


class Blob(Protocol):
    """Octets that only grow at their end; the size is the offset of an upload."""

    @property
    def size(self) -> int:
        """Number of octets stored."""

    def append(self, data: bytes) -> None:
        """Add octets at the end; when this returns they survive the end of the process.

        Raises:
            StoreError: it cannot be done; some octets may have been stored.
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
        """Make an empty blob.

        Raises:
            StoreError: it cannot be done.
        """

    def save(self, identifier: str, record: Record) -> None:
        """Keep a record, replacing an older one as a whole.

        Raises:
            StoreError: it cannot be done; the older one is still there.
        """

    def forget(self, identifier: str) -> None:
        """Remove blob and record, if there are any."""

    def crowded(self) -> bool:
        """Tell whether old content should make room for new."""

    def load(self) -> Iterator[tuple[str, Record, Blob]]:
        """Yield everything kept that has a readable record."""
