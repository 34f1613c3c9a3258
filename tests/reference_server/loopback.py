"""What clients over loopback share: a bound on waiting, and an abrupt end."""

from __future__ import annotations

import socket
import struct
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 10.0


def wait_for(what: Callable[[], bool]) -> None:
    """Wait, bounded, until something is so."""
    end = time.monotonic() + SECONDS
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


def reset_connection(connected: socket.socket) -> None:
    """End a connection with RST."""
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connected.close()
