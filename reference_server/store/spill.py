"""Room outside memory: blocks of a file without a name, which is gone when the process is."""

from __future__ import annotations

import os
import tempfile
import weakref
from typing import IO, TYPE_CHECKING

from reference_server.core.storage import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

#: octets of a block
BLOCK = 16 * 1024


class SpillFile:
    """Blocks to write once, to read often and to give back.

    The file comes with the first block and goes with the last one.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._blocks = 0
        self._free: list[int] = []
        self._close: Callable[[], object]

    @property
    def used(self) -> int:
        """Number of blocks that were written and not given back."""
        return self._blocks - len(self._free)

    def write(self, data: bytes) -> int:
        """Write a block of at most ``BLOCK`` octets; return its number.

        Raises:
            StoreError: the system refuses.
        """
        number = self._free[-1] if self._free else self._blocks
        place, left = number * BLOCK, memoryview(data)
        try:
            descriptor = self._opened().fileno()
            while left:
                written = os.pwrite(descriptor, left, place)
                place, left = place + written, left[written:]
        except OSError as error:
            raise StoreError(str(error)) from error
        if self._free:
            self._free.pop()
        else:
            self._blocks += 1
        return number

    def read(self, number: int, size: int) -> bytes:
        """Return the first octets of a block."""
        return os.pread(self._opened().fileno(), size, number * BLOCK)

    def release(self, number: int) -> None:
        """Give a block back."""
        self._free.append(number)
        if not self.used:
            self._close()
            self._file = None
            self._free.clear()
            self._blocks = 0

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="resumable-")  # noqa: SIM115 - kept open
            self._close = weakref.finalize(self, self._file.close)
        return self._file
