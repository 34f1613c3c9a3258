"""Generated representation data: a function of seed and position only.

A retry sends the same octets, a digest can be announced before anything is sent, and a gigabyte
needs no memory. With a *mark* (1 to 255, one per request) every octet differs from the octet any
other request would have put at the same position, so that stored octets can be attributed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_BLOCK = 65536
_STRIDE = 7919  # coprime to the block, so 65,536 blocks (4 GiB) pass before one repeats


@lru_cache(maxsize=64)
def _pattern(seed: str) -> bytes:
    block = hashlib.shake_128(b"resumable-conformance/content/" + seed.encode()).digest(_BLOCK)
    return block + block


@lru_cache(maxsize=255)
def _xor_table(mark: int) -> bytes:
    return bytes(octet ^ mark for octet in range(256))


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The representation data of one scenario.

    Attributes:
        seed: decides the generated octets.
        size: octets in all, prefix and suffix included.
        prefix: literal octets at the start, for targets that demand a format.
        suffix: literal octets at the end.
        literal: the whole representation when it is not generated (then size equals its length).
    """

    seed: str
    size: int
    prefix: bytes = b""
    suffix: bytes = b""
    literal: bytes | None = None

    def slice(self, start: int, end: int, mark: int = 0) -> bytes:
        """Return octets [start, end) as a request with this mark sends them.

        Positions outside the content are cut off.
        """
        start, end = max(0, start), min(end, self.size)
        if start >= end:
            return b""
        if self.literal is not None:
            return self.literal[start:end]
        tail = self.size - len(self.suffix)
        parts = [self.prefix[start:end]]
        low, high = max(start, len(self.prefix)), min(end, tail)
        if low < high:
            generated = _generated(self.seed, low, high)
            parts.append(generated.translate(_xor_table(mark)) if mark else generated)
        if end > tail:
            parts.append(self.suffix[max(0, start - tail) : end - tail])
        return b"".join(parts)

    def pieces(self, start: int, end: int, mark: int = 0, step: int = 262144) -> Iterator[bytes]:
        """Yield octets [start, end) in pieces of at most ``step``."""
        for low in range(start, min(end, self.size), step):
            yield self.slice(low, min(low + step, end), mark)

    def sha256(self, start: int = 0, end: int | None = None, mark: int = 0) -> bytes:
        """Return the SHA-256 of octets [start, end)."""
        digest = hashlib.sha256()
        for piece in self.pieces(start, self.size if end is None else end, mark):
            digest.update(piece)
        return digest.digest()


def _generated(seed: str, start: int, end: int) -> bytes:
    pattern = _pattern(seed)
    parts = []
    while start < end:
        block, offset = divmod(start, _BLOCK)
        length = min(end - start, _BLOCK - offset)
        base = (block * _STRIDE) % _BLOCK + offset
        if base >= _BLOCK:
            base -= _BLOCK
        parts.append(pattern[base : base + length])
        start += length
    return parts[0] if len(parts) == 1 else b"".join(parts)
