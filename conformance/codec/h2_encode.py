"""Field blocks of requests, encoded for one connection after the other (RFC 7541).

Every value is a literal in Huffman code that enters the dynamic table. A run sends the same few
names and values again and again, so what they look like encoded is remembered beyond a connection.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from hpack.huffman import HuffmanEncoder
from hpack.huffman_constants import REQUEST_CODES, REQUEST_CODES_LENGTH
from hpack.table import HeaderTable

if TYPE_CHECKING:
    from collections.abc import Iterable

Field = tuple[bytes, bytes]

#: octets of dynamic table we use at most, whatever a peer offers; also what it has by default
TABLE_BOUND: Final = 4096
#: octets every entry of the table counts beside name and value (RFC 7541 section 4.1)
_OVERHEAD: Final = 32
_SHORT: Final = 256

_HUFFMAN: Final = HuffmanEncoder(REQUEST_CODES, REQUEST_CODES_LENGTH)
_STATIC: Final[dict[Field, int]] = {
    (bytes(name), bytes(value)): at
    for at, (name, value) in reversed(list(enumerate(HeaderTable.STATIC_TABLE, 1)))
}
_STATIC_NAMES: Final = {name: at for (name, _), at in _STATIC.items()}
_DYNAMIC: Final = len(HeaderTable.STATIC_TABLE) + 1


class FieldEncoder:
    """Encodes the field blocks of one connection, in the order in which they are sent."""

    __slots__ = ("_added", "_bound", "_entries", "_exact", "_left", "_names", "_resized")

    def __init__(self) -> None:
        self._bound = self._left = TABLE_BOUND
        self._resized: list[int] = []
        # Entries are known by how many had been added before; they leave in that order.
        self._added = 0
        self._entries: deque[Field] = deque()
        self._exact: dict[Field, int] = {}
        self._names: dict[bytes, int] = {}

    def resize(self, offered: int) -> None:
        """Keep to the size of the dynamic table a peer allows."""
        size = min(offered, TABLE_BOUND)
        if size == self._bound:
            return
        self._left += size - self._bound
        self._bound = size
        self._resized.append(size)
        self._evict()

    def encode(self, fields: Iterable[Field]) -> bytes:
        """Return a field block; its peer has to get it before the next one."""
        parts: list[bytes] = []
        if self._resized:
            # The smallest size and the last are told (RFC 7541 section 4.2).
            told = dict.fromkeys((min(self._resized), self._resized[-1]))
            parts += [_integer(size, 5, 0x20) for size in told]
            self._resized.clear()
        parts += [self._field(field) for field in fields]
        return b"".join(parts)

    def _field(self, field: Field) -> bytes:
        index = _STATIC.get(field) or self._index(self._exact.get(field))
        if index:
            return _integer(index, 7, 0x80)
        name, value = field
        index = _STATIC_NAMES.get(name) or self._index(self._names.get(name))
        self._add(field)
        if index:
            return _integer(index, 6, 0x40) + _text(value)
        return b"\x40" + _text(name) + _text(value)

    def _index(self, number: int | None) -> int:
        """Return where an entry is found now; 0 for none."""
        return 0 if number is None else _DYNAMIC + self._added - 1 - number

    def _add(self, field: Field) -> None:
        self._left -= len(field[0]) + len(field[1]) + _OVERHEAD
        self._exact[field] = self._names[field[0]] = self._added
        self._entries.append(field)
        self._added += 1
        self._evict()

    def _evict(self) -> None:
        while self._left < 0 and self._entries:
            number = self._added - len(self._entries)
            field = self._entries.popleft()
            self._left += len(field[0]) + len(field[1]) + _OVERHEAD
            if self._exact.get(field) == number:
                del self._exact[field]
            if self._names.get(field[0]) == number:
                del self._names[field[0]]


@lru_cache(maxsize=512)
def _integer(value: int, bits: int, pattern: int) -> bytes:
    """Write an integer behind the pattern of its representation (RFC 7541 section 5.1)."""
    most = (1 << bits) - 1
    if value < most:
        return bytes((pattern | value,))
    octets = bytearray((pattern | most,))
    value -= most
    while value >= 128:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    octets.append(value)
    return bytes(octets)


def _text(octets: bytes) -> bytes:
    return _known(octets) if len(octets) <= _SHORT else _written(octets)


def _written(octets: bytes) -> bytes:
    """Write a string literal (RFC 7541 section 5.2)."""
    coded = bytes(_HUFFMAN.encode(octets))
    return _integer(len(coded), 7, 0x80) + coded


_known = lru_cache(maxsize=2048)(_written)
