"""Integrity digests (RFC 9530): checking those sent, computing those wanted."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from reference_server.core.fields import read_dictionary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reference_server.core.messages import Fields

#: Algorithm keys of the registry that are supported, with the name :mod:`hashlib` knows.
ALGORITHMS = {"sha-256": "sha256", "sha-512": "sha512"}


class Hashing:
    """Computes digests of octets as they arrive, for a set of algorithms."""

    __slots__ = ("_hashes",)

    def __init__(self, algorithms: Iterable[str]) -> None:
        self._hashes: dict[str, Any] = {key: hashlib.new(ALGORITHMS[key]) for key in algorithms}

    def update(self, data: bytes) -> None:
        """Take in more octets."""
        for each in self._hashes.values():
            each.update(data)

    def matches(self, expected: dict[str, bytes]) -> bool:
        """Tell whether all expected digests fit what was taken in."""
        return all(self._hashes[key].digest() == value for key, value in expected.items())

    def value(self) -> str:
        """Return the digests as the value of ``Repr-Digest`` or ``Content-Digest``."""
        return ", ".join(
            f"{key}=:{base64.b64encode(each.digest()).decode('ascii')}:"
            for key, each in self._hashes.items()
        )


def digests_in(fields: Fields, name: str) -> dict[str, bytes]:
    """Return the digests of a field whose algorithm is supported and whose value is octets."""
    return {
        key: value
        for key, value in read_dictionary(fields, name).items()
        if key in ALGORITHMS and isinstance(value, bytes)
    }


def wanted_algorithm(fields: Fields) -> str | None:
    """Return the supported algorithm ``Want-Repr-Digest`` prefers; None if it wants none."""
    wishes = [
        (preference, key)
        for key, preference in read_dictionary(fields, "Want-Repr-Digest").items()
        if key in ALGORITHMS and type(preference) is int and 0 < preference <= 10
    ]
    return max(wishes)[1] if wishes else None


def hash_pieces(pieces: Iterable[bytes], algorithms: Iterable[str]) -> Hashing:
    """Compute digests of stored octets."""
    hashing = Hashing(algorithms)
    for piece in pieces:
        hashing.update(piece)
    return hashing
