"""Sends one upload as fast as the kernel takes it, with a plain socket and one buffer.

The same for every server, so that a difference in rate is the server's.
"""

from __future__ import annotations

import argparse
import json
import socket
import time

from benchmarks import h2_client

_PIECE = 256 * 1024
_PATIENCE = 60.0


def final_status(sock: socket.socket) -> int:
    """Read past interim responses; return the status of the final one."""
    data = b""
    while True:
        piece = sock.recv(65_536)
        if not piece:
            return 0
        data += piece
        while b"\r\n\r\n" in data:
            head, _, data = data.partition(b"\r\n\r\n")
            status = int(head[9:12])
            if status >= 200:
                return status


def send(port: int, size: int, draft: str) -> dict[str, float]:
    """Send an upload of so many octets; return seconds and status."""
    head = (
        f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {size}\r\n"
        f"Upload-Complete: ?1\r\nUpload-Draft-Interop-Version: {draft}\r\n\r\n"
    )
    buffer = memoryview(bytes(range(256)) * (_PIECE // 256))
    with socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE) as sock:
        began = time.monotonic()
        sock.sendall(head.encode())
        for sent in range(0, size, _PIECE):
            sock.sendall(buffer[: min(_PIECE, size - sent)])
        status = final_status(sock)
        return {"seconds": time.monotonic() - began, "status": status}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("size", type=int)
    parser.add_argument("--draft", required=True)
    parser.add_argument("--http", required=True, choices=("h1", "h2"))
    read = parser.parse_args()
    if read.http == "h2":
        told = h2_client.send(read.port, read.size, read.draft, _PATIENCE)
    else:
        told = send(read.port, read.size, read.draft)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
