"""Starting the processes that are measured, and what the system says of them at their end."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.tape import megabytes

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent


@dataclass(slots=True)
class Ended:
    """A process that has ended.

    Attributes:
        told: what it printed, read as JSON; empty if it printed nothing.
        peak: resident memory at its highest, in MB.
        code: exit code.
    """

    told: dict[str, Any]
    peak: float
    code: int


def _start(module: str, *arguments: object) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", module, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=environment,
    )


def _end(process: subprocess.Popen[bytes]) -> tuple[float, int]:
    """Wait for a process; return its peak and its exit code."""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return megabytes(used.ru_maxrss), process.returncode


def work(module: str, *arguments: object) -> Ended:
    """Run a module to its end."""
    with _start(module, *arguments) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        printed = process.stdout.read()
        peak, code = _end(process)
    lines = printed.decode("utf-8", "replace").splitlines()
    last = lines[-1] if lines else ""
    return Ended(told=json.loads(last) if last.startswith("{") else {}, peak=peak, code=code)


class Server:
    """A server that says its port in a line of JSON and ends with its standard input."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        self._process = process
        self.port = int(next(iter(json.loads(process.stdout.readline()).values())))
        self.peak = 0.0

    def end(self) -> None:
        """Let it end and note its peak."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self.peak, _ = _end(self._process)


@contextlib.contextmanager
def serving(module: str, *arguments: object) -> Iterator[Server]:
    """Run a server; its peak is known after the block."""
    with _start(module, *arguments) as process:
        server = Server(process)
        try:
            yield server
        finally:
            server.end()
