"""A store in a directory that survives the end of the process at any moment.

Octets are written without buffers of ours, so they are in the system's hands when
:meth:`DiskBlob.append` returns; the offset is the size of the file. Records are replaced by
rename, so that a reader finds the old or the new one.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from reference_server.core.storage import Blob, Record, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PIECE = 256 * 1024
_DATA, _RECORD, _NEW = ".data", ".json", ".new"


class DiskBlob:
    """Octets in a file that is open only while octets arrive."""

    __slots__ = ("_descriptor", "_path", "_size")

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size
        self._descriptor: int | None = None

    @property
    def size(self) -> int:
        """Number of octets stored."""
        return self._size

    def append(self, data: bytes) -> None:
        """Write octets at the end.

        Raises:
            StoreError: the system refuses; a part may have been written.
        """
        left = memoryview(data)
        while left:
            try:
                if self._descriptor is None:
                    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
                    self._descriptor = os.open(self._path, flags, 0o600)
                written = os.write(self._descriptor, left)
            except OSError as error:
                raise StoreError(str(error)) from error
            self._size += written
            left = left[written:]

    def truncate(self, size: int) -> None:
        """Drop all octets from ``size`` on."""
        if size < self._size:
            os.truncate(self._path, size)
            self._size = size

    def pieces(self) -> Iterator[bytes]:
        """Yield all octets in order."""
        if self._size == 0:
            return
        with self._path.open("rb", buffering=0) as file:
            while piece := file.read(_PIECE):
                yield piece

    def rest(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class DiskStore:
    """Keeps each blob and its record in two files named by the identifier.

    Args:
        directory: made if it does not exist; nothing else should be in it.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory

    def create(self, identifier: str) -> DiskBlob:
        """Make an empty blob; its file comes with the first octet."""
        return DiskBlob(self._path(identifier, _DATA), 0)

    def save(self, identifier: str, record: Record) -> None:
        """Write a record beside the old one, then put it in its place.

        Raises:
            StoreError: the system refuses.
        """
        new = self._path(identifier, _NEW)
        try:
            new.write_text(json.dumps(record), encoding="ascii")
            new.replace(self._path(identifier, _RECORD))
        except OSError as error:
            raise StoreError(str(error)) from error

    def forget(self, identifier: str) -> None:
        """Remove the files, the record first."""
        for suffix in (_RECORD, _NEW, _DATA):
            self._path(identifier, suffix).unlink(missing_ok=True)

    def crowded(self) -> bool:
        """Never make room by itself: what is on disk is the operator's."""
        return False

    def load(self) -> Iterator[tuple[str, Record, Blob]]:
        """Yield what has a readable record, oldest first, and remove what has none."""
        records = sorted(self._directory.glob(f"*{_RECORD}"), key=lambda path: path.stat().st_mtime)
        known = set()
        for path in records:
            record = _read_record(path)
            if record is None:
                continue
            known.add(path.stem)
            data = path.with_suffix(_DATA)
            size = data.stat().st_size if data.exists() else 0
            yield path.stem, record, DiskBlob(data, size)
        for suffix in (_DATA, _RECORD, _NEW):
            for path in self._directory.glob(f"*{suffix}"):
                if path.stem not in known or suffix == _NEW:
                    path.unlink()

    def _path(self, identifier: str, suffix: str) -> Path:
        return self._directory / f"{identifier}{suffix}"


def _read_record(path: Path) -> Record | None:
    try:
        record = json.loads(path.read_text(encoding="ascii"))
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
