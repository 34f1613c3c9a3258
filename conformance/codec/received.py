"""Keeping received content within bounds."""

from __future__ import annotations

import hashlib

from conformance.model.transcript import CONTENT_KEPT, ReceivedContent

_ENDS = 4096


class ContentKeeper:
    """Collects the content of one message and forgets the middle of long content."""

    __slots__ = ("_digest", "_head", "_kept", "_tail", "length")

    def __init__(self) -> None:
        self.length = 0
        self._kept: list[bytes] = []
        self._digest = hashlib.sha256()
        self._head = b""
        self._tail = b""

    def add(self, data: bytes) -> None:
        """Take the next octets."""
        self.length += len(data)
        self._digest.update(data)
        if self.length <= CONTENT_KEPT:
            self._kept.append(data)
            return
        if self._kept or not self._head:
            whole = b"".join(self._kept) + data
            self._kept = []
            self._head, self._tail = whole[:_ENDS], whole[-_ENDS:]
        else:
            self._tail = (self._tail + data[-_ENDS:])[-_ENDS:]

    def received(self, *, complete: bool) -> ReceivedContent:
        """Return the record of what has come so far."""
        if self._kept:
            self._kept = [b"".join(self._kept)]
        return ReceivedContent(
            length=self.length,
            octets=self._kept[0] if self._kept else self._head,
            tail=self._tail,
            sha256=self._digest.digest(),
            complete=complete,
        )
