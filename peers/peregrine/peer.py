"""How to start peregrine (``peregrine-server`` from PyPI, interop 9)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from description import Configuration

if TYPE_CHECKING:
    from description import Place

PATH = "/files"
DRAFTS = "9"
STORED = "/stored/{id}"
#: limits and lifetime have scenarios of their own
CONFIGURATIONS = {
    "plain": Configuration(options=("--http", "h1")),
    "h2c": Configuration(options=("--http", "h2")),
    "tls-h2": Configuration(options=("--http", "h2"), tls=True),
    "limited": Configuration(options=("--http", "h1", "--topic", "limits")),
    "short-lived": Configuration(options=("--http", "h1", "--topic", "lifecycle")),
}
#: configurations that ``app.py`` has limits for
_LIMITED = ("limited", "short-lived")


def start(place: Place, configuration: str) -> tuple[list[str], dict[str, str]]:
    """Return the command and the environment that start the server on a port of loopback."""
    command = [
        sys.executable,
        "-m",
        "peregrine",
        "--port",
        str(place.port),
        "--max-body",
        str(1 << 30),
        "--python-path",
        str(Path(__file__).resolve().parent),
        "app:app",
    ]
    if place.certificate is not None:
        command += ["--tls-cert", str(place.certificate), "--tls-key", str(place.key)]
    return command, {
        "RESUMABLE_PEER_STORE": str(place.scratch / "store"),
        "RESUMABLE_PEER_LIMITS": configuration if configuration in _LIMITED else "plain",
    }
