"""How to start peregrine (``peregrine-server`` from PyPI, interop 9)."""

from __future__ import annotations

import sys
from pathlib import Path

PATH = "/files"
STORED = "/stored/{id}"


def start(port: int, scratch: Path) -> tuple[list[str], dict[str, str]]:
    """Return the command and the environment that start the server on a port of loopback."""
    command = [
        sys.executable,
        "-m",
        "peregrine",
        "--port",
        str(port),
        "--max-body",
        str(1 << 30),
        "--python-path",
        str(Path(__file__).resolve().parent),
        "app:app",
    ]
    return command, {"RESUMABLE_PEER_STORE": str(scratch / "store")}
