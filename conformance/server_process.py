"""One process of the reference server: started, waited for, killed and started again, ended."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Final, Protocol

from conformance.model.errors import InternalError

#: where the server listens
HOST: Final = "127.0.0.1"
_START_WITHIN: Final = 20.0
_END_WITHIN: Final = 3.0
_READY_LINE: Final = 65536


class ServerProcess(Protocol):
    """One process of the reference server that was started."""

    def ports(self) -> dict[str, int]:
        """Wait until the server listens; return ports by the names of configurations."""

    def again(self) -> None:
        """Kill the process without warning and start it anew on the same port."""

    def end(self) -> None:
        """Let the process end, by force if need be."""


def free_port() -> int:
    """Return a port nobody listens on by now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class OwnProcess:
    """One process of the reference server, in a session of its own.

    A signal for us is none for it: a run interrupted in a terminal would otherwise lose its server
    before it has stopped. It ends with its standard input.
    """

    __slots__ = ("_arguments", "_errors", "_process")

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
        self._process = self._spawn()

    def _spawn(self) -> subprocess.Popen[bytes]:
        home = str(Path(__file__).resolve().parent.parent)
        path = os.environ.get("PYTHONPATH")
        environment = os.environ | {"PYTHONPATH": f"{home}{os.pathsep}{path}" if path else home}
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "reference_server", *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
            bufsize=0,
            start_new_session=True,
        )

    def ports(self) -> dict[str, int]:
        """Wait for the line that says the server is listening; returns ports by name."""
        line = self._ready_line()
        try:
            told = json.loads(line)
            return {str(name): int(port) for name, port in told.items()}
        except (ValueError, TypeError, AttributeError):
            raise InternalError(
                f"the reference server did not start: {self._last_error() or 'it says nothing'}"
            ) from None

    def _ready_line(self) -> bytes:
        stream = self._process.stdout
        assert stream is not None  # noqa: S101 - we asked for the pipe
        line = b""
        end = time.monotonic() + _START_WITHIN
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            while b"\n" not in line and len(line) < _READY_LINE:
                if not selector.select(max(0.0, end - time.monotonic())):
                    break
                piece = os.read(stream.fileno(), 4096)
                if not piece:
                    break
                line += piece
        return line

    def _last_error(self) -> str:
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - 2000))
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""

    def again(self) -> None:
        """Kill the process without warning and start it anew on the same port."""
        self._process.kill()
        self._reap()
        self._process = self._spawn()
        self.ports()

    def end(self) -> None:
        """Let the process end, by force if need be."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        for hasten in (self._process.terminate, self._process.kill):
            try:
                self._process.wait(_END_WITHIN)
                break
            except subprocess.TimeoutExpired:
                hasten()
        self._reap()
        self._errors.close()

    def _reap(self) -> None:
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
