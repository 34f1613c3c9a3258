"""Searching a folder for the octets of one upload, newest files first.

A file counts if its name carries the upload's identifier or if its octets are those that were
sent. Where requests mark their octets the whole cannot be known beforehand; then a file of the
right size counts if its first octets carry one of the marks.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.model.transcript import CONTENT_KEPT, Stored

if TYPE_CHECKING:
    from conformance.model.content import Content

_ENTRIES = 20_000
_DEPTH = 4
_HASHED = 64
_CLOCK_SLACK = 2.0  # seconds a file system's clock may be behind ours
_IDENTIFIER = 8  # shorter ones occur in names by chance
_PROBE = 64
_MARKS = 8  # requests that may have written the octets probed; chance gives far more


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    size: int
    changed: float


async def search_folder(
    folder: str, content: Content, *, marked: bool, identifier: str | None, began: float
) -> Stored:
    """Return the stored octets found in a folder.

    Args:
        folder: where to look, four levels deep.
        content: what was to be stored.
        marked: requests put marks on their octets.
        identifier: the upload's identifier; file names carrying it come first.
        began: wall clock of the run's begin.
    """
    return await asyncio.to_thread(_search, folder, content, marked, identifier, began)


def _search(
    folder: str, content: Content, marked: bool, identifier: str | None, began: float
) -> Stored:
    way = f"files in {folder}"
    try:
        files = _listing(folder, began - _CLOCK_SLACK)
    except OSError as error:
        return Stored(way=way, found=False, detail=f"cannot be read: {error.strerror}")
    if identifier and len(identifier) >= _IDENTIFIER:
        named = [file for file in files if identifier in file.path.name]
        named.sort(key=lambda file: file.size, reverse=True)  # notes kept beside it are small
        if named:
            return _read(named[0])
    alike = [file for file in files if file.size == content.size][:_HASHED]
    wanted = b"" if marked else content.sha256()
    for file in alike:
        if marked and not _carries_mark(file, content):
            continue
        stored = _read(file)
        if stored.found and (marked or stored.sha256 == wanted):
            return stored
    return Stored(way=way, found=False, detail="no file there has the octets that were sent")


def _listing(folder: str, since: float) -> list[_File]:
    found: list[_File] = []
    seen = 0
    pending = [(folder, 0)]
    while pending and seen < _ENTRIES:
        place, depth = pending.pop()
        with os.scandir(place) as entries:
            for entry in islice(entries, _ENTRIES - seen):
                seen += 1
                if entry.is_dir(follow_symlinks=False):
                    if depth < _DEPTH:
                        pending.append((entry.path, depth + 1))
                    continue
                file = _regular(entry)
                if file is not None and file.changed >= since:
                    found.append(file)
    found.sort(key=lambda file: file.changed, reverse=True)
    return found


def _regular(entry: os.DirEntry[str]) -> _File | None:
    try:
        facts = entry.stat(follow_symlinks=False)
    except OSError:  # it went away while we were looking
        return None
    if not stat.S_ISREG(facts.st_mode):
        return None
    return _File(Path(entry.path), facts.st_size, facts.st_mtime)


def _carries_mark(file: _File, content: Content) -> bool:
    try:
        with file.path.open("rb") as stream:
            start = stream.read(_PROBE)
    except OSError:
        return False
    first = len(content.prefix)
    if first >= len(start):
        return start == content.slice(0, len(start))
    plain = content.slice(first, len(start))
    return len({one ^ other for one, other in zip(plain, start[first:], strict=False)}) <= _MARKS


def _read(file: _File) -> Stored:
    digest = hashlib.sha256()
    kept = bytearray()
    length = 0
    way = f"file {file.path}"
    try:
        with file.path.open("rb") as stream:
            while piece := stream.read(1_048_576):
                digest.update(piece)
                length += len(piece)
                if len(kept) < CONTENT_KEPT:
                    kept += piece[: CONTENT_KEPT - len(kept)]
    except OSError as error:
        return Stored(way=way, found=False, detail=f"cannot be read: {error.strerror}")
    return Stored(way=way, found=True, octets=bytes(kept), length=length, sha256=digest.digest())
