"""A store that ends with the process: in memory, and beyond a bound in a file without a name.

What a client has completed stays readable, so that a long run would fill the memory with it. The
octets that have been there longest move out; nothing disappears by that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_server.core.storage import Blob, Record, StoreError
from reference_server.store.spill import BLOCK, SpillFile

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 16 * BLOCK
#: octets that move out together
_MOVE = 64 * BLOCK


class MemoryBlob:
    """Octets counted against the room of their store: first blocks of its file, the rest here.

    All blocks are full; the last one may be not, but only while there is no rest.
    """

    __slots__ = ("_blocks", "_outside", "_rest", "_store")

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._blocks: list[int] = []
        self._outside = 0
        self._rest = bytearray()

    @property
    def size(self) -> int:
        """Number of octets stored."""
        return self._outside + len(self._rest)

    @property
    def held(self) -> int:
        """Number of octets stored in memory."""
        return len(self._rest)

    def append(self, data: bytes) -> None:
        """Add octets at the end.

        Raises:
            StoreError: there is no room for them.
        """
        self._store.relieve(len(data))
        self._store.take(len(data))
        self._fill(data)

    def truncate(self, size: int) -> None:
        """Drop all octets from ``size`` on."""
        if size >= self.size:
            return
        self._store.take(size - self.size)
        if size >= self._outside:
            self._store.holds(self, size - self.size)
            del self._rest[size - self._outside :]
            return
        self._store.holds(self, -self.held)
        self._rest.clear()
        kept = self._read(size - size % BLOCK, size)
        whole = size // BLOCK
        for number in self._blocks[whole:]:
            self._store.file.release(number)
        del self._blocks[whole:]
        self._outside = whole * BLOCK
        self._fill(kept)

    def pieces(self) -> Iterator[bytes]:
        """Yield all octets in order; those dropped meanwhile are missing at the end."""
        start, end = 0, self.size
        while piece := self._read(start, min(start + _PIECE, end)):
            yield piece
            start += len(piece)

    def rest(self) -> None:
        """There is nothing to release."""

    def move_out(self) -> None:
        """Move the first octets held, or all if they are few, from memory to the file.

        Raises:
            StoreError: the file takes no more; what has been moved is in it.
        """
        for _ in range(0, min(self.held, _MOVE), BLOCK):
            block = bytes(self._rest[:BLOCK])
            self._blocks.append(self._store.file.write(block))
            self._store.holds(self, -len(block))
            del self._rest[:BLOCK]
            self._outside += len(block)

    def _fill(self, data: bytes) -> None:
        """Add octets in memory; a block that is not full comes back for that."""
        if data and (partial := self._outside % BLOCK):
            number = self._blocks.pop()
            self._outside -= partial
            data = self._store.file.read(number, partial) + data
            self._store.file.release(number)
        self._store.holds(self, len(data))
        self._rest += data

    def _read(self, start: int, end: int) -> bytes:
        """Return octets of a range from its start on: from the file if it begins there."""
        if start >= self._outside:
            return bytes(self._rest[start - self._outside : max(start, end) - self._outside])
        end = min(end, self._outside)
        skipped = start % BLOCK
        octets = b"".join(
            self._store.file.read(self._blocks[place // BLOCK], min(BLOCK, end - place))
            for place in range(start - skipped, end, BLOCK)
        )
        return octets[skipped:]


class MemoryStore:
    """Keeps blobs while somebody refers to them, and no records.

    Args:
        room: octets it takes altogether.
        held: octets it holds in memory at most; the others are in its file.

    Attributes:
        file: the blocks of the octets that are not in memory.
    """

    def __init__(self, room: int = 2 * 1024**3, held: int = 32 * 1024**2) -> None:
        self._room = room
        self._reserve = room // 4
        self._held, self._most_held = 0, held
        self._blobs: dict[str, MemoryBlob] = {}
        self._holding: dict[MemoryBlob, None] = {}
        self.file = SpillFile()

    def take(self, size: int) -> None:
        """Take room for octets, or give it back if negative.

        Raises:
            StoreError: there is not enough.
        """
        if size > self._room:
            raise StoreError
        self._room -= size

    def holds(self, blob: MemoryBlob, more: int) -> None:
        """Note that a blob is about to hold more octets in memory, or fewer if negative."""
        self._held += more
        if blob.held + more:
            self._holding[blob] = None
        else:
            self._holding.pop(blob, None)

    def relieve(self, more: int) -> None:
        """Make room in memory for more octets: those held for longest move out.

        Raises:
            StoreError: the file takes no more.
        """
        while self._holding and self._held + more > self._most_held:
            next(iter(self._holding)).move_out()

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
