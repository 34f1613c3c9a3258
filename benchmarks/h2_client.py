"""A client of nothing but sockets and frames: uploads over HTTP/2, as fast as windows admit.

The same for every server, so that a difference in rate is the server's.
"""

from __future__ import annotations

import socket
import time

from hpack import Encoder

from benchmarks.h2_octets import END_HEADERS, HEADERS, PREFACE, SETTINGS, Arrived, frame

_LARGEST = 16_384
_STREAM = 1
_ACK = 1


class Uploader:
    """One upload on one connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.status = 0
        self._sock = sock
        self._arrived = Arrived(self._learn)
        self._greeted = False

    def send(self, size: int, fields: list[tuple[str, str]], pieces: int) -> None:
        """Send content of so many octets, several frames with one call."""
        sock, arrived = self._sock, self._arrived
        sock.sendall(PREFACE + frame(SETTINGS, 0, 0, b""))
        while not arrived.greeted:
            self._read()
        sock.sendall(frame(HEADERS, END_HEADERS, _STREAM, Encoder().encode(fields)))
        payload = bytes(range(256)) * (_LARGEST // 256)
        whole = frame(0, 0, _STREAM, payload)
        left = size
        while left:
            count = min(left, _LARGEST)
            while not arrived.admits(((_STREAM, count),)):
                self._read()
            many = min(pieces, left // _LARGEST) or 1
            while many > 1 and not arrived.admits(((_STREAM, many * _LARGEST),)):
                many //= 2
            sock.sendall(whole * many if left >= _LARGEST else frame(0, 0, _STREAM, payload[:left]))
            sent = many * count
            arrived.used(((_STREAM, sent),))
            left -= sent
        sock.sendall(frame(0, 1, _STREAM, b""))
        while _STREAM not in arrived.over:
            self._read()

    def _read(self) -> None:
        data = self._sock.recv(65_536)
        if not data:
            raise ConnectionError("the server has closed the connection")
        self._arrived.take(data)
        if self._arrived.greeted and not self._greeted:
            self._greeted = True
            self._sock.sendall(frame(SETTINGS, _ACK, 0, b""))

    def _learn(self, status: int, _fields: dict[bytes, bytes]) -> None:
        self.status = status


def send(port: int, size: int, draft: str, patience: float) -> dict[str, float]:
    """Send an upload of so many octets; return seconds and status."""
    fields = [
        (":method", "POST"),
        (":scheme", "http"),
        (":authority", f"127.0.0.1:{port}"),
        (":path", "/"),
        ("content-length", str(size)),
        ("upload-complete", "?1"),
        ("upload-draft-interop-version", draft),
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        uploader = Uploader(sock)
        began = time.monotonic()
        uploader.send(size, fields, 16)
        return {"seconds": time.monotonic() - began, "status": uploader.status}
