"""What a connection needs of its transport and loop beyond :mod:`asyncio`'s own words."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_READ = 256 * 1024


class Timer:
    """One time-out that is moved often and fires seldom.

    Moving it later costs no more than a number; only an earlier end touches the loop.

    Args:
        loop: the running loop.
        action: called when the time is over.
    """

    __slots__ = ("_action", "_deadline", "_handle", "_loop")

    def __init__(self, loop: asyncio.AbstractEventLoop, action: Callable[[], None]) -> None:
        self._loop = loop
        self._action = action
        self._deadline = 0.0
        self._handle: asyncio.TimerHandle | None = None

    def wait(self, seconds: float) -> None:
        """Let the time be over in so many seconds from now."""
        self._deadline = self._loop.time() + seconds
        if self._handle is not None:
            if self._handle.when() <= self._deadline:
                return
            self._handle.cancel()
        self._handle = self._loop.call_at(self._deadline, self._fire)

    def cancel(self) -> None:
        """Never let the time be over."""
        if self._handle is not None:
            self._handle.cancel()

    def _fire(self) -> None:
        self._handle = None
        if self._loop.time() < self._deadline:
            self._handle = self._loop.call_at(self._deadline, self._fire)
        else:
            self._action()


class _Gone(asyncio.Transport):
    """Does nothing, whatever it is asked."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """There is nothing to tell."""
        del name
        return default

    def is_closing(self) -> bool:
        """It has closed."""
        return True

    def can_write_eof(self) -> bool:
        """Nobody is there."""
        return False

    def get_write_buffer_size(self) -> int:
        """Nothing waits."""
        return 0

    def write(self, data: object) -> None:
        """Drop octets."""

    def close(self) -> None:
        """There is nothing to close."""

    def abort(self) -> None:
        """There is nothing to end."""

    def pause_reading(self) -> None:
        """Nothing comes."""

    def resume_reading(self) -> None:
        """Nothing comes."""


#: Stands for a transport that is lost. Connections let go of the real one: under TLS it holds a
#: quarter of a MiB, and they themselves are part of cycles that are collected much later.
GONE = _Gone()


def available(transport: asyncio.Transport, most: int) -> Iterator[bytes]:
    """Yield what the system has already received, up to about ``most`` octets.

    The end of the connection is left for the loop to find. Under TLS nothing can be read this way.
    """
    raw = transport.get_extra_info("socket")
    if raw is None or transport.get_extra_info("sslcontext"):
        return
    descriptor = raw.fileno()
    for _ in range(most // _READ):
        try:
            data = os.read(descriptor, _READ)
        except OSError:
            return
        if not data:
            return
        yield data


def half_close(transport: asyncio.Transport) -> bool:
    """Send FIN after everything written; False if that cannot be done: TLS, or nobody is there."""
    if not transport.can_write_eof():
        return False
    try:
        transport.write_eof()
    except OSError:
        return False
    return True


def reset(transport: asyncio.Transport) -> None:
    """End the connection with RST; a transport's own ``abort`` may send FIN."""
    raw = transport.get_extra_info("socket")
    if raw is not None and raw.fileno() >= 0:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
