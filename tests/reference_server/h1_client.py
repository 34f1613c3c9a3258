"""An HTTP/1.1 client that sends what a test says and reads messages octet-exact."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tests.reference_server.loopback import reset_connection

if TYPE_CHECKING:
    import socket

V9 = "Upload-Draft-Interop-Version: 9"
PARTIAL = "Content-Type: application/partial-upload"
Message = tuple[int, dict[str, str], bytes]


class Client:
    """One connection; reads messages octet-exact."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self._buffer = b""

    def send(self, *lines: str, content: bytes = b"") -> Client:
        """Send a head and some content."""
        head = "\r\n".join([*lines, "", ""]) if lines else ""
        self.socket.sendall(head.encode("latin-1") + content)
        return self

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        self._buffer += data

    def read(self, *, head_only: bool = False) -> Message:
        """Read one message, interim or final."""
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        assert len(fields) == len(lines)
        size = 0 if head_only else int(fields.get("content-length", "0"))
        while len(self._buffer) < size:
            self._more()
        content, self._buffer = self._buffer[:size], self._buffer[size:]
        return int(first.split()[1]), fields, content

    def final(self, *, head_only: bool = False) -> Message:
        """Read up to the final response."""
        while True:
            message = self.read(head_only=head_only)
            if message[0] >= 200:
                return message

    def ended(self) -> bool:
        """Wait for the end of the connection; tell whether nothing came before."""
        with contextlib.suppress(ConnectionResetError):
            return not self._buffer and self.socket.recv(1) == b""
        return True

    def reset(self) -> None:
        """End the connection with RST, once everything sent has been taken."""
        reset_connection(self.socket)


def create(client: Client, content: bytes = b"abc") -> str:
    """Create an incomplete upload; return its path."""
    length = f"Content-Length: {len(content)}"
    client.send("POST /a HTTP/1.1", "Host: x", V9, "Upload-Complete: ?0", length, content=content)
    status, fields, _ = client.final()
    assert status == 201
    return fields["location"]


def append(path: str, offset: int, *more: str, complete: str = "?1") -> list[str]:
    """Return the head of an append."""
    lines = [f"PATCH {path} HTTP/1.1", "Host: x", V9, PARTIAL, f"Upload-Offset: {offset}"]
    return [*lines, f"Upload-Complete: {complete}", *more]


def offset_of(client: Client, path: str) -> int:
    """Retrieve the offset of an upload."""
    client.send(f"HEAD {path} HTTP/1.1", "Host: x", V9)
    return int(client.final()[1]["upload-offset"])


def store(client: Client, data: bytes) -> str:
    """Upload something in one request; return where it can be fetched."""
    client.send("POST /a HTTP/1.1", "Host: x", f"Content-Length: {len(data)}", content=data)
    return client.final()[1]["content-location"]
