"""A store that ends with the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.storage import Blob, Record, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 256 * 1024


class MemoryBlob:
    """Octets in memory, counted against the room of their store."""

    __slots__ = ("_data", "_store")

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._data = bytearray()

    @property
    def size(self) -> int:
        """Number of octets stored."""
        return len(self._data)

    def append(self, data: bytes) -> None:
        """Add octets at the end.

        Raises:
            StoreError: there is no room for them.
        """
        self._store.take(len(data))
        self._data += data

    def truncate(self, size: int) -> None:
        """Drop all octets from ``size`` on."""
        self._store.take(min(0, size - len(self._data)))
        del self._data[size:]

    def pieces(self) -> Iterator[bytes]:
        """Yield all octets in order."""
        for start in range(0, len(self._data), _PIECE):
            yield bytes(self._data[start : start + _PIECE])

    def rest(self) -> None:
        """There is nothing to release."""


class MemoryStore:
    """Keeps blobs while somebody refers to them, and no records.

    Args:
        room: octets it takes altogether.
    """

    def __init__(self, room: int = 2 * 1024**3) -> None:
        self._room = room
        self._reserve = room // 4
        self._blobs: dict[str, MemoryBlob] = {}

    def take(self, size: int) -> None:
        """Take room for octets, or give it back if negative.

        Raises:
            StoreError: there is not enough.
        """
        if size > self._room:
            raise StoreError
        self._room -= size

    def create(self, identifier: str) -> MemoryBlob:
        """Make an empty blob."""
        blob = self._blobs[identifier] = MemoryBlob(self)
        return blob

    def save(self, identifier: str, record: Record) -> None:
        """Nothing outlives the process, so nothing is kept."""

    def forget(self, identifier: str) -> None:
        """Give back the room of a blob."""
        blob = self._blobs.pop(identifier, None)
        if blob is not None:
            blob.truncate(0)

    def crowded(self) -> bool:
        """Tell whether less than a quarter of the room is left."""
        return self._room < self._reserve

    def load(self) -> Iterator[tuple[str, Record, Blob]]:
        """Nothing was kept."""
        return iter(())
