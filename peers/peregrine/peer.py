"""How to start peregrine (``peregrine-server`` from PyPI, interop 9)."""

from __future__ import annotations

import sys
from pathlib import Path

PATH = "/files"
DRAFTS = "9"
STORED = "/stored/{id}"
#: configuration -> options of the run; limits and lifetime have scenarios of their own
CONFIGURATIONS = {
    "plain": (),
    "limited": ("--topic", "limits"),
    "short-lived": ("--topic", "lifecycle"),
}


def start(port: int, scratch: Path, configuration: str) -> tuple[list[str], dict[str, str]]:
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
    return command, {
        "RESUMABLE_PEER_STORE": str(scratch / "store"),
        "RESUMABLE_PEER_CONFIGURATION": configuration,
    }
