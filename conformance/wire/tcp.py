"""A TCP connection on the event loop, with the control a tester needs.

The socket is ours: octets are handed over with ``send`` and counted as the kernel takes them, the
kernel is asked what the peer's kernel has not acknowledged yet, and FIN and RST are made on
purpose. A stream abstraction would hide all three.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import socket
import struct
import sys
import termios
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.wire.link import Sink

_READ = 65_536
_PULLS = 1024
_SO_NWRITE = 0x1024  # macOS: octets not yet sent or not yet acknowledged
_RESETS = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED})


async def connect(family: int, sockaddr: tuple[Any, ...], at_most: float) -> socket.socket:
    """Connect within a number of seconds.

    Raises:
        OSError: it failed (TimeoutError: nothing happened in time).
    """
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            sock.connect(sockaddr)
        except (BlockingIOError, InterruptedError):
            if not _connected_already(sock):
                await _connected(sock, at_most)
    except BaseException:
        sock.close()
        raise
    return sock


def _connected_already(sock: socket.socket) -> bool:
    """Tell whether there is a connection by now; on the same machine there mostly is."""
    try:
        sock.getpeername()
    except OSError:
        return False
    return True


async def _connected(sock: socket.socket, at_most: float) -> None:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bool] = loop.create_future()
    # By number: asyncio words an error it then drops, and wording a socket takes two system calls.
    number = sock.fileno()
    loop.add_writer(number, _settle, done, True)
    timer = loop.call_later(max(at_most, 0), _settle, done, False)
    try:
        if not await done:
            raise TimeoutError(errno.ETIMEDOUT, f"no connection within {at_most:.1f} s")
    finally:
        timer.cancel()
        loop.remove_writer(number)
    error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if error:
        raise OSError(error, os.strerror(error))


def _settle(future: asyncio.Future[bool], result: bool) -> None:
    if not future.done():
        future.set_result(result)


class _Nobody:
    """Is told what happens on a closed link: nothing."""

    def received(self, data: bytes) -> None:
        """Drop octets."""

    def ended(self, *, reset: bool, detail: str) -> None:
        """Drop the end."""

    def room(self) -> None:
        """Drop the word that there is room."""


#: takes the place of a connection that a closed link need not know any more
NOBODY = _Nobody()


class TcpLink:
    """A connected socket; see :class:`conformance.wire.link.Link`."""

    __slots__ = ("_closed", "_ended", "_loop", "_number", "_sink", "_sock", "_wants_room", "broken")

    def __init__(self, sock: socket.socket, sink: Sink) -> None:
        self.broken = ""
        self._sock = sock
        self._sink: Sink = sink
        self._closed = False
        self._ended = False
        self._wants_room = False
        self._loop = asyncio.get_running_loop()
        self._number = sock.fileno()
        self._loop.add_reader(self._number, self._readable)

    @property
    def local(self) -> str:
        """Our own address as ``host:port``; empty if the socket is closed."""
        try:
            host, port = self._sock.getsockname()[:2]
        except OSError:
            return ""
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def push(self, octets: bytes) -> int:
        """Hand octets to the kernel; return how many it took."""
        if self.broken:
            return 0
        try:
            return self._sock.send(octets)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError as error:
            # The end is told when reading meets it, after what had arrived before.
            self.broken = _words(error)
            return 0

    def commit(self) -> int:
        """Return 0: nothing is kept back here."""
        return 0

    def want_room(self, *, wanted: bool) -> None:
        """Ask to be told when the kernel takes more."""
        if wanted == self._wants_room or self._closed:
            return
        self._wants_room = wanted
        if wanted:
            self._loop.add_writer(self._number, self._sink.room)
        else:
            self._loop.remove_writer(self._number)

    def unacknowledged(self) -> int | None:
        """Ask the kernel for octets the peer's kernel has not acknowledged."""
        if self._closed or self.broken:
            return None
        try:
            if sys.platform == "darwin":
                return self._sock.getsockopt(socket.SOL_SOCKET, _SO_NWRITE)
            # TIOCOUTQ is SIOCOUTQ under another name.
            answer = fcntl.ioctl(self._sock, termios.TIOCOUTQ, bytes(4))
        except OSError:
            return None
        return int(struct.unpack("i", answer)[0])

    def pull(self) -> None:
        """Read until nothing more has arrived."""
        for _ in range(_PULLS):
            if self._closed or self._ended or not self._readable():
                return

    def stop_reading(self) -> None:
        """Read nothing more; the end of the connection is not told any more either."""
        self._ended = True
        if not self._closed:
            self._loop.remove_reader(self._number)

    def finish_sending(self) -> None:
        """Send FIN."""
        self.want_room(wanted=False)
        self.broken = self.broken or "sending has been finished"
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:  # there is no connection left that could be told
            return

    truncate = finish_sending

    def reset(self) -> None:
        """Send RST."""
        if not self._closed:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close()

    def close(self) -> None:
        """Close the socket; the kernel makes a RST of it if octets were left unread."""
        if self._closed:
            return
        self.want_room(wanted=False)
        self._closed = self._ended = True
        self.broken = self.broken or "the connection has been closed"
        self._loop.remove_reader(self._number)
        self._sock.close()
        # Connection and link know each other; parted they go at once, with all that was recorded.
        self._sink = NOBODY

    def _readable(self) -> bool:
        try:
            data = self._sock.recv(_READ)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as error:
            self._end(reset=error.errno in _RESETS, detail=_words(error))
            return False
        if data:
            self._sink.received(data)
            return True
        reset = self.broken in _RESET_WORDS
        self._end(reset=reset, detail=self.broken if reset else "")
        return False

    def _end(self, *, reset: bool, detail: str) -> None:
        self.stop_reading()
        if reset:
            self.broken = self.broken or detail
        self._sink.ended(reset=reset, detail=detail)


def _words(error: OSError) -> str:
    return error.strerror or type(error).__name__


_RESET_WORDS = frozenset(os.strerror(number) for number in _RESETS)
