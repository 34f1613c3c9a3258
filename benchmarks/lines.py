"""The connections of a replay: they send what a tape has and read no more than playing needs."""

from __future__ import annotations

import asyncio
import fcntl
import socket
import struct
import termios
from collections import deque
from typing import TYPE_CHECKING, cast

from hpack import Encoder

from benchmarks.h2_octets import HEADERS, Arrived, Frames, Head, frame
from benchmarks.tape import Part, Tally, Upload

if TYPE_CHECKING:
    from collections.abc import Callable

_READ = 65_536
_PATIENCE = 5.0
#: seconds to wait for the server's windows; some cases go beyond them on purpose
_WINDOW = 0.5
_WITHOUT_CONTENT = frozenset({204, 304})
_LINGER = struct.pack("ii", 1, 0)


class Case:
    """What the connections of one case share."""

    __slots__ = ("offset", "tally", "uploads")

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.uploads: list[bytes] = []
        self.offset = b"0"

    def learn(self, head: bytes) -> None:
        """Take location and offset from a header section."""
        location = _value(head, b"location")
        if location is not None:
            name = location.rsplit(b"/", 1)[-1]
            if name not in self.uploads:
                self.uploads.append(name)
        self.offset = _value(head, b"upload-offset") or self.offset

    def learn_fields(self, status: int, fields: dict[bytes, bytes]) -> None:
        """Take location and offset from a header section of HTTP/2."""
        if status >= 200:
            self.tally.statuses[status] += 1
        location = fields.get(b"location")
        if location is not None:
            name = location.rsplit(b"/", 1)[-1]
            if name not in self.uploads:
                self.uploads.append(name)
        self.offset = fields.get(b"upload-offset", self.offset)

    def fill(self, part: Part) -> bytes:
        """Return the octets a placeholder stands for."""
        if isinstance(part, bytes):
            return part
        if isinstance(part, Upload):
            return self.uploads[part.number] if part.number < len(self.uploads) else b"unknown"
        return self.offset


def _value(head: bytes, name: bytes) -> bytes | None:
    """Return a field's value from a header section whose names are in lower case."""
    start = head.lower().find(b"\r\n" + name + b":")
    if start < 0:
        return None
    start += len(name) + 3
    return head[start : head.index(b"\r\n", start)].strip()


class Line:
    """One connection."""

    __slots__ = (
        "_case", "_data", "_left", "_loop", "_waiting", "_wanted", "closed", "ended", "finals",
        "greeted", "heads", "interims", "methods", "sock",
    )  # fmt: skip

    def __init__(self, case: Case) -> None:
        self.methods: deque[str] = deque()
        self.finals = self.heads = self.interims = self.greeted = 0
        self.ended = self.closed = False
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._case = case
        self._data = b""
        self._left: int | None = 0  # of the content; None up to the end of the connection
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Future[None] | None = None
        self._wanted: Callable[[], bool] | None = None

    async def connect(self, address: tuple[str, int]) -> None:
        """Connect and begin to read."""
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._case.tally.connections += 1
        await self._loop.sock_connect(self.sock, address)
        self._loop.add_reader(self.sock.fileno(), self._readable)

    async def say(self, value: object) -> None:
        """Send what a tape has."""
        await self.send(
            b"".join([self._case.fill(part) for part in cast("tuple[Part, ...]", value)])
        )

    async def send(self, octets: bytes) -> None:
        """Send octets; a peer that has gone is no concern of ours."""
        try:
            count = self.sock.send(octets)
            if count < len(octets):
                async with asyncio.timeout(_PATIENCE):
                    await self._loop.sock_sendall(self.sock, octets[count:])
        except OSError:  # TimeoutError is one
            return
        self._case.tally.sent += len(octets)

    async def until(self, wanted: Callable[[], bool], at_most: float = _PATIENCE) -> bool:
        """Wait for something, within bounds."""
        if wanted() or self.closed:
            return True
        self._wanted, self._waiting = wanted, self._loop.create_future()
        timer = self._loop.call_later(at_most, self._release)
        await self._waiting
        timer.cancel()
        self._wanted = None
        return wanted()

    async def drain(self) -> None:
        """Wait until the peer's kernel has acknowledged everything."""
        end, pause = self._loop.time() + _PATIENCE, 0.0
        while not self.ended and self._loop.time() < end:
            if not struct.unpack("i", fcntl.ioctl(self.sock, termios.TIOCOUTQ, bytes(4)))[0]:
                return
            await asyncio.sleep(pause)
            pause = min(max(pause * 2, 0.0005), 0.02)

    def finish(self) -> None:
        """Send FIN."""
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def close(self, *, reset: bool = False) -> None:
        """Close the connection."""
        if self.closed:
            return
        if reset:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        self.closed = True
        self._loop.remove_reader(self.sock.fileno())
        self.sock.close()

    def _release(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def _readable(self) -> None:
        try:
            data = self.sock.recv(_READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._case.tally.received += len(data)
            self._take(data)
        else:
            self.ended = True
            self.finals += self._left is None
            self._loop.remove_reader(self.sock.fileno())
        if self._wanted is not None and (self.ended or self._wanted()):
            self._release()

    def _take(self, data: bytes) -> None:
        while data and self._left is not None:
            if self._left:
                used = min(self._left, len(data))
                self._left -= used
                data = data[used:]
                self.finals += not self._left
                continue
            self._data += data
            head, end, data = self._data.partition(b"\r\n\r\n")
            if not end:
                return
            self._data = b""
            self._head(head + b"\r\n")

    def _head(self, head: bytes) -> None:
        status = int(head[9:12])
        self._case.learn(head)
        if status < 200:
            self.interims += 1
            return
        self.heads += 1
        self._case.tally.statuses[status] += 1
        method = self.methods.popleft() if self.methods else "GET"
        length = _value(head, b"content-length")
        if method == "HEAD" or status in _WITHOUT_CONTENT:
            self._left = 0
        else:
            self._left = None if length is None else int(length)
        self.finals += self._left == 0


class H2Line(Line):
    """One HTTP/2 connection."""

    __slots__ = ("_arrived", "_encoder")

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._arrived = Arrived(case.learn_fields)
        self._encoder = Encoder()

    async def say(self, value: object) -> None:
        """Send frames as soon as the server's windows admit their content."""
        frames = cast("Frames", value)
        content = frames.content
        if content:
            if not self._arrived.admits(content):
                await self.until(lambda: self.ended or self._arrived.admits(content), _WINDOW)
            self._arrived.used(content)
        octets = b"".join(
            [part if isinstance(part, bytes) else self._encoded(part) for part in frames.parts]
        )
        await self.send(octets)

    def _encoded(self, head: Head) -> bytes:
        fill = self._case.fill
        fields = [(name, b"".join([fill(part) for part in parts])) for name, parts in head.fields]
        return frame(HEADERS, head.flags, head.stream, self._encoder.encode(fields))

    def _take(self, data: bytes) -> None:
        arrived = self._arrived
        arrived.take(data)
        self.finals, self.heads = len(arrived.over), arrived.heads
        self.interims, self.greeted = arrived.interims, int(arrived.greeted)
