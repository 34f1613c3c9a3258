"""Runs the suite against real servers and holds what it finds against their known findings.

``python peers/run.py [NAME ...]`` runs all peers, or those named. A peer is a folder with
``peer.py`` (how to start it) and a baseline for each of its configurations (every finding with its reason;
``findings.md`` beside them defends each). Exit code 0: nothing but what is known.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

HERE = Path(__file__).resolve().parent
START_SECONDS = 20.0
RUN_SECONDS = 300.0
STOP_SECONDS = 10.0


def peers() -> dict[str, Path]:
    """Return the folders of all peers by name."""
    return {each.parent.name: each.parent for each in sorted(HERE.glob("*/peer.py"))}


def load(folder: Path) -> ModuleType:
    """Import a peer's description."""
    spec = importlib.util.spec_from_file_location(f"peer_{folder.name}", folder / "peer.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def free_port() -> int:
    """Return a port on loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def started(folder: Path, scratch: Path, configuration: str) -> Iterator[int]:
    """Start a peer on a free port; end it whatever happens."""
    port = free_port()
    command, extra = load(folder).start(port, scratch, configuration)
    log = (scratch / "peer.log").open("wb")
    process = subprocess.Popen(
        command, stdout=log, stderr=log, env={**os.environ, **extra}, cwd=scratch
    )
    try:
        await_port(process, port, scratch / "peer.log")
        yield port
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        process.kill()
        process.wait()
        log.close()


def await_port(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a peer accepts connections."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    sys.exit(f"the peer did not start:\n{log.read_text(errors='replace')[-2000:]}")


def judge(name: str, configuration: str, options: list[str]) -> int:
    """Run the suite against one peer in one configuration; return its exit code."""
    folder = peers()[name]
    peer = load(folder)
    with (
        tempfile.TemporaryDirectory(prefix=f"peer-{name}-") as scratch,
        started(folder, Path(scratch), configuration) as port,
    ):
        print(f"== {name}, {configuration}", flush=True)
        origin = f"http://127.0.0.1:{port}"
        command = [
            *("resumable", "run", origin + peer.PATH),
            *("--draft", peer.DRAFTS),
            *("--read-back-url", origin + peer.STORED),
            *("--baseline", str(folder / f"baseline-{configuration}.yaml")),
            *peer.CONFIGURATIONS[configuration],
            *options,
        ]
        return subprocess.run(command, timeout=RUN_SECONDS, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run the peers named before ``--``; what follows goes to ``resumable run``."""
    names, _, options = " ".join(arguments).partition("--")
    chosen = names.split() or list(peers())
    unknown = sorted(set(chosen) - set(peers()))
    if unknown:
        sys.exit(f"no such peer: {', '.join(unknown)}; there are {', '.join(peers())}")
    codes = {
        (name, configuration): judge(name, configuration, options.split())
        for name in chosen
        for configuration in load(peers()[name]).CONFIGURATIONS
    }
    good = sum(code == 0 for code in codes.values())
    print(f"peers: {good} passed, {len(codes) - good} failed")
    return max(codes.values(), default=2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
