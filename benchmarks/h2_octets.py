"""As much of HTTP/2 as playing needs: frames cut out of octets, field blocks, windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpack import Decoder, HPACKError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.tape import Part

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 8, 9
END_STREAM, END_HEADERS = 0x1, 0x4
_PADDED_OR_PRIORITY = 0x28
_INITIAL_WINDOW_SIZE = 4
_DEFAULT_WINDOW = 65_535
_HEADER = 9


@dataclass(frozen=True, slots=True)
class Head:
    """A HEADERS frame with a whole field block."""

    stream: int
    flags: int
    fields: tuple[tuple[bytes, tuple[Part, ...]], ...]


@dataclass(frozen=True, slots=True)
class Frames:
    """What one call handed to the kernel.

    Attributes:
        parts: octets, and header sections still to be encoded.
        content: streams and how many octets of them count against the peer's windows.
    """

    parts: tuple[bytes | Head, ...]
    content: tuple[tuple[int, int], ...]


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    """Return the octets of a frame."""
    lead = len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big")
    return lead + payload


def cut(data: bytes) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield start, end, type, flags and stream of every whole frame."""
    at = 0
    while len(data) - at >= _HEADER:
        end = at + _HEADER + int.from_bytes(data[at : at + 3], "big")
        if end > len(data):
            return
        yield at, end, data[at + 3], data[at + 4], int.from_bytes(data[at + 5 : at + 9], "big")
        at = end


class Sent:
    """Understands what a client hands over, call by call."""

    def __init__(self, parts: Callable[[bytes, bytes], tuple[Part, ...]]) -> None:
        self._parts = parts
        self._decoder = Decoder()
        self._data = b""
        self._block = b""

    def take(self, octets: bytes) -> Frames:
        """Take octets; what is no whole frame yet comes with the next."""
        data = self._data + octets
        kept: list[bytes | Head] = []
        content: dict[int, int] = {}
        done = 0
        if data.startswith(PREFACE):
            kept.append(PREFACE)
            data = data[len(PREFACE) :]
        for start, end, kind, flags, stream in cut(data):
            done = end
            part: bytes | Head = data[start:end]
            if kind == DATA:
                content[stream] = content.get(stream, 0) + end - start - _HEADER
            elif kind in {HEADERS, CONTINUATION}:
                part = self._head(kind, flags, stream, data[start + _HEADER : end]) or part
            if isinstance(part, bytes) and kept and isinstance(kept[-1], bytes):
                kept[-1] += part
            else:
                kept.append(part)
        self._data = data[done:]
        return Frames(tuple(kept), tuple(content.items()))

    def rest(self) -> bytes:
        """Return what never became a frame."""
        rest, self._data = self._data, b""
        return rest

    def _head(self, kind: int, flags: int, stream: int, payload: bytes) -> Head | None:
        """Return a header section to be encoded again; None for one that is left as it is."""
        usual = kind == HEADERS and not flags & _PADDED_OR_PRIORITY
        self._block += payload
        if not flags & END_HEADERS or not usual:
            return None
        block, self._block = self._block, b""
        try:
            fields = self._decoder.decode(block, raw=True)
        except HPACKError:
            return None
        filled = tuple((name, self._parts(name, value)) for name, value in fields)
        return Head(stream, flags, filled)


class Arrived:
    """Counts what arrives on a connection, and keeps the peer's windows.

    Attributes:
        greeted: the peer's SETTINGS came.
        heads, interims: header sections of final and interim responses.
        over: streams that the peer has ended.
        room: octets the connection's window admits.
    """

    __slots__ = (
        "_data", "_decoder", "_first", "_initial", "_learn", "_rooms", "greeted", "heads",
        "interims", "over", "room",
    )  # fmt: skip

    def __init__(self, learn: Callable[[int, dict[bytes, bytes]], None]) -> None:
        self.greeted = False
        self.heads = self.interims = 0
        self.over: set[int] = set()
        self.room = _DEFAULT_WINDOW
        self._data = b""
        self._decoder = Decoder()
        self._initial = _DEFAULT_WINDOW
        self._learn = learn
        self._rooms: dict[int, int] = {}  # changes to the initial window

    def take(self, octets: bytes) -> None:
        """Take what arrived."""
        data = self._data + octets if self._data else octets
        done = 0
        for start, end, kind, flags, stream in cut(data):
            done = end
            if kind == DATA:
                if flags & END_STREAM:
                    self.over.add(stream)
            elif kind == HEADERS:
                self._head(flags, stream, data[start + _HEADER : end])
            elif kind == WINDOW_UPDATE:
                self._widened(stream, int.from_bytes(data[start + _HEADER : end], "big"))
            elif kind == SETTINGS:
                self._settings(data[start + _HEADER : end])
            elif kind == RST_STREAM:
                self.over.add(stream)
        self._data = data[done:]

    def admits(self, content: tuple[tuple[int, int], ...]) -> bool:
        """Tell whether the peer's windows admit so much content."""
        if sum(count for _, count in content) > self.room:
            return False
        return all(count <= self._initial + self._rooms.get(stream, 0) for stream, count in content)

    def used(self, content: tuple[tuple[int, int], ...]) -> None:
        """Note that content was sent."""
        for stream, count in content:
            self.room -= count
            self._rooms[stream] = self._rooms.get(stream, 0) - count

    def _head(self, flags: int, stream: int, block: bytes) -> None:
        fields = dict(self._decoder.decode(block, raw=True))
        status = int(fields.get(b":status", b"0"))
        if 100 <= status < 200:
            self.interims += 1
        elif status:
            self.heads += 1
        if flags & END_STREAM:
            self.over.add(stream)
        self._learn(status, fields)

    def _widened(self, stream: int, by: int) -> None:
        if stream:
            self._rooms[stream] = self._rooms.get(stream, 0) + by
        else:
            self.room += by

    def _settings(self, payload: bytes) -> None:
        self.greeted = True
        for at in range(0, len(payload), 6):
            if int.from_bytes(payload[at : at + 2], "big") == _INITIAL_WINDOW_SIZE:
                self._initial = int.from_bytes(payload[at + 2 : at + 6], "big")
