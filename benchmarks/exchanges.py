"""How many exchanges a second the suite's wire client makes, beside a bare loop of h11 or h2."""

from __future__ import annotations

import socket
import statistics
import tempfile
from typing import Any

from benchmarks.processes import serving, work

COUNT = 2048
CONNECTIONS = (1, 16)
_DRAFT = "9"


def measure(pairs: int, http: str) -> dict[str, Any]:
    """Measure so many pairs on one and on several connections, one side after the other."""
    figures: dict[str, Any] = {"pairs": pairs, "exchanges": COUNT}
    with (
        tempfile.TemporaryDirectory() as folder,
        serving("reference_server", "--restartable", folder) as server,
    ):
        path = _create(server.port)
        for connections in CONNECTIONS:
            bare, ours = [], []
            for _ in range(pairs):
                bare.append(_rate(server.port, path, http, "bare", connections))
                ours.append(_rate(server.port, path, http, "suite", connections))
            ratios = [a / b for a, b in zip(ours, bare, strict=True)]
            figures[f"on_{connections}"] = {
                "bare_per_second": round(statistics.median(bare)),
                "suite_per_second": round(statistics.median(ours)),
                "ratio": round(statistics.median(ratios), 2),
                "ratios": [round(each, 2) for each in ratios],
                "pairs": pairs,
            }
    return figures


def _rate(port: int, path: str, http: str, client: str, connections: int) -> float:
    told = work(
        "benchmarks.asker", port, path, "--draft", _DRAFT, "--http", http, "--client", client,
        "--count", COUNT, "--connections", connections,
    ).told  # fmt: skip
    assert set(told.get("statuses", [0])) <= {200, 204}, f"the server answered {told}"
    return float(told["rate"])


def _create(port: int) -> str:
    """Create an upload resource; return its path."""
    head = (
        f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 5\r\nConnection: close\r\n"
        f"Upload-Complete: ?0\r\nUpload-Draft-Interop-Version: {_DRAFT}\r\n\r\nhello"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
        sock.sendall(head.encode())
        answer = b"".join(iter(lambda: sock.recv(65_536), b"")).decode("latin-1")
    lines = [line for line in answer.split("\r\n") if line.lower().startswith("location:")]
    location = lines[0].split(":", 1)[1].strip()
    return "/" + location.split("/", 3)[3] if "://" in location else location
