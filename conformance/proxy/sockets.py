"""Interruptions on the sockets mitmproxy holds, made so that it is known what reached the server.

A reset throws away what a kernel has not sent yet, so every interruption first waits until the
out-queue is empty; see :mod:`conformance.wire.cuts`, which does the same for a client of ours.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import socket
import struct
import sys
import termios
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mitmproxy.proxy.server import ConnectionIO

_FIRST_PAUSE = 0.0005
_LONGEST_PAUSE = 0.02
_SO_NWRITE = 0x1024  # macOS: octets not yet sent or not yet acknowledged


class Socket:
    """The transport of one connection, and what a tester needs of it."""

    __slots__ = ("_io",)

    def __init__(self, io: ConnectionIO) -> None:
        self._io = io

    @property
    def _transport(self) -> asyncio.Transport | None:
        writer = self._io.writer
        transport = writer.transport if isinstance(writer, asyncio.StreamWriter) else None
        return transport if isinstance(transport, asyncio.Transport) else None

    @property
    def _socket(self) -> Any:
        writer = self._io.writer
        if not isinstance(writer, asyncio.StreamWriter):
            return None
        found = writer.get_extra_info("socket")
        return found if found is not None and found.fileno() >= 0 else None

    @property
    def usable(self) -> bool:
        """Tell whether there is a connection."""
        transport = self._transport
        return transport is not None and not transport.is_closing() and self._socket is not None

    @property
    def was_reset(self) -> bool:
        """Tell whether the peer has reset the connection.

        Whether that is noticed in reading or in writing is chance; in writing it is a broken pipe.
        """
        reader = self._io.reader
        error = reader.exception() if isinstance(reader, asyncio.StreamReader) else None
        return isinstance(error, ConnectionResetError | BrokenPipeError)

    def unacknowledged(self) -> int | None:
        """Return octets not acknowledged by the peer's kernel, those still here included."""
        transport, sock = self._transport, self._socket
        if transport is None or sock is None or transport.is_closing():
            return None
        try:
            if sys.platform == "darwin":
                queued = sock.getsockopt(socket.SOL_SOCKET, _SO_NWRITE)
            else:  # TIOCOUTQ is SIOCOUTQ under another name
                answer = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4))
                queued = struct.unpack("i", answer)[0]
        except OSError:
            return None
        return int(queued) + transport.get_write_buffer_size()

    async def settled(self, at_most: float) -> int | None:
        """Wait until everything is acknowledged; return what is not, None if nobody can tell."""
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + at_most, 0.0
        left = self.unacknowledged()
        while left and loop.time() < deadline:
            await asyncio.sleep(pause)
            pause = min(max(pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
            left = self.unacknowledged()
        return left

    def write(self, octets: bytes) -> None:
        """Queue octets below every layer of mitmproxy."""
        transport = self._transport
        if transport is not None and not transport.is_closing():
            transport.write(octets)

    def finish(self) -> None:
        """Send FIN."""
        transport = self._transport
        if transport is not None and not transport.is_closing():
            with contextlib.suppress(OSError):
                transport.write_eof()

    def reset(self) -> None:
        """Send RST."""
        transport, sock = self._transport, self._socket
        if transport is None or sock is None:
            return
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()

    def read(self, *, wanted: bool) -> None:
        """Go on reading, or stop; the peer's kernel then keeps what does not fit."""
        transport = self._transport
        if transport is not None and not transport.is_closing():
            with contextlib.suppress(RuntimeError):
                if wanted:
                    transport.resume_reading()
                else:
                    transport.pause_reading()
