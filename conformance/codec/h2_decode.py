"""Field blocks of one connection decoded (RFC 7541), with every bound a stranger makes necessary.

A run sees the same few values on thousands of connections, so what Huffman code says is remembered
beyond a connection.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache
from typing import Final

from hpack import HPACKError
from hpack.huffman_table import decode_huffman
from hpack.table import HeaderTable

Field = tuple[bytes, bytes]

#: octets of dynamic table we allow, which is also what a peer may use unless it is told otherwise
TABLE_BOUND: Final = 4096
#: octets every field counts beside name and value (RFC 7541 section 4.1, RFC 9113 section 6.5.2)
_OVERHEAD: Final = 32
_STATIC: Final[tuple[Field, ...]] = tuple(
    (bytes(name), bytes(value)) for name, value in HeaderTable.STATIC_TABLE
)
_SHORT: Final = 256
#: octets an integer may take after its prefix; more than any length or index needs
_INTEGER_BOUND: Final = 5


class BlockError(Exception):
    """A field block that cannot be decoded; what follows on its connection cannot be either."""


class TooLargeError(BlockError):
    """A field block that says more than is accepted."""


class FieldDecoder:
    """Decodes the field blocks of one connection, in the order in which they came.

    Args:
        bound: octets of fields accepted in one block, as RFC 9113 section 6.5.2 counts them.
    """

    __slots__ = ("_at", "_block", "_bound", "_left", "_size", "_table")

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._size = self._left = TABLE_BOUND
        self._table: deque[Field] = deque()  # the newest entry first
        self._block = b""
        self._at = 0

    def decode(self, block: bytes) -> list[Field]:
        """Return names and values in order.

        Raises:
            BlockError: it makes no sense, or says too much (TooLargeError).
        """
        self._block, self._at = block, 0
        fields: list[Field] = []
        total = 0
        try:
            while self._at < len(block):
                first = block[self._at]
                if first & 0xE0 == 0x20:
                    self._resize(self._integer(0x1F), late=bool(fields))
                    continue
                field = self._entry(self._integer(0x7F)) if first & 0x80 else self._literal(first)
                total += len(field[0]) + len(field[1]) + _OVERHEAD
                if total > self._bound:
                    raise TooLargeError(f"more than {self._bound} octets of fields")
                fields.append(field)
        except IndexError:
            raise BlockError("it ends in the middle of a field") from None
        return fields

    def _literal(self, first: int) -> Field:
        """Read a field that is written out, at least its value (RFC 7541 section 6.2)."""
        keep = first & 0x40
        index = self._integer(0x3F if keep else 0x0F)
        name = self._entry(index)[0] if index else self._text()
        field = (name, self._text())
        if keep:
            self._table.appendleft(field)
            self._left -= len(field[0]) + len(field[1]) + _OVERHEAD
            self._evict()
        return field

    def _entry(self, index: int) -> Field:
        if 0 < index <= len(_STATIC):
            return _STATIC[index - 1]
        if not index or index > len(_STATIC) + len(self._table):
            raise BlockError(f"there is no table entry {index}")
        return self._table[index - len(_STATIC) - 1]

    def _integer(self, mask: int) -> int:
        """Read an integer whose prefix is what a mask leaves of an octet (section 5.1)."""
        block, at = self._block, self._at
        value = block[at] & mask
        at += 1
        if value == mask:
            for shift in range(0, 7 * _INTEGER_BOUND, 7):
                octet = block[at]
                at += 1
                value += (octet & 0x7F) << shift
                if not octet & 0x80:
                    break
            else:
                raise BlockError("an integer is too large")
        self._at = at
        return value

    def _text(self) -> bytes:
        """Read a string literal (section 5.2)."""
        huffman = self._block[self._at] & 0x80
        length = self._integer(0x7F)
        start, self._at = self._at, self._at + length
        if self._at > len(self._block):
            raise BlockError("a name or a value is cut off")
        octets = self._block[start : self._at]
        if not huffman:
            return octets
        return _known(octets) if length <= _SHORT else _decoded(octets)

    def _resize(self, size: int, *, late: bool) -> None:
        if late:
            raise BlockError("the size of the table changes after a field")
        if size > TABLE_BOUND:
            raise BlockError(f"a table of {size} octets, more than the {TABLE_BOUND} allowed")
        self._left += size - self._size
        self._size = size
        self._evict()

    def _evict(self) -> None:
        while self._left < 0:
            name, value = self._table.pop()
            self._left += len(name) + len(value) + _OVERHEAD


def _decoded(octets: bytes) -> bytes:
    try:
        return bytes(decode_huffman(octets))
    except HPACKError as error:
        raise BlockError("its Huffman code is malformed") from error


_known = lru_cache(maxsize=2048)(_decoded)
