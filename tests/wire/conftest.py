"""Scripted peers on loopback: a thread for each connection, plain sockets, exact observation."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import socket
import ssl
import struct
import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

PATIENCE = 8.0


class Talk:
    """The peer's side of one connection."""

    def __init__(self, sock: socket.socket) -> None:
        sock.settimeout(PATIENCE)
        self.sock = sock
        self._buffer = b""

    def say(self, octets: bytes) -> None:
        self.sock.sendall(octets)

    def head(self) -> bytes:
        """Read a header section."""
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        return head + b"\r\n\r\n"

    def take(self, count: int) -> bytes:
        """Read exactly that many octets."""
        while len(self._buffer) < count:
            self._more()
        octets, self._buffer = self._buffer[:count], self._buffer[count:]
        return octets

    def rest(self) -> tuple[bytes, str]:
        """Read to the end; return the octets and ``fin``, ``rst`` or ``cut off`` (TLS)."""
        parts, self._buffer = [self._buffer], b""
        while True:
            try:
                data = self.sock.recv(65536)
            except ssl.SSLEOFError:
                return b"".join(parts), "cut off" if self._still_takes() else "rst"
            except ConnectionResetError:
                return b"".join(parts), "rst"
            if not data:
                return b"".join(parts), "fin"
            parts.append(data)

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def _still_takes(self) -> bool:
        """Tell FIN from RST below TLS, which reports them alike: after a RST nothing is taken."""
        try:
            socket.socket.send(self.sock, b"\0")
        except OSError:
            return False
        return True

    def _more(self) -> None:
        data = self.sock.recv(65536)
        if not data:
            raise EOFError
        self._buffer += data


class Peer:
    """A listener that runs a script for each connection and keeps what the scripts return."""

    def __init__(
        self, script: Callable[[Talk], object], context: ssl.SSLContext | None = None
    ) -> None:
        self._script = script
        self._context = context
        self._results: queue.Queue[object] = queue.Queue()
        self._threads: list[threading.Thread] = []
        self._socks: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    def result(self) -> Any:
        """Return what the script of the next connection to end returned (or its exception)."""
        return self._results.get(timeout=PATIENCE)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._socks:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self._socks.append(sock)
            self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        result: object
        try:
            if self._context is not None:
                sock.settimeout(PATIENCE)
                sock = self._context.wrap_socket(sock, server_side=True, suppress_ragged_eofs=False)
            result = self._script(Talk(sock))
        except (OSError, EOFError) as error:
            result = error
        finally:
            sock.close()
        self._results.put(result)


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    """Start peers; they are stopped at the end of the test."""
    started: list[Peer] = []

    def start(script: Callable[[Talk], object], context: ssl.SSLContext | None = None) -> Peer:
        started.append(Peer(script, context))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def run() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Run a coroutine within a bound."""

    def running(work: Coroutine[Any, Any, Any]) -> Any:
        async def bounded() -> Any:
            async with asyncio.timeout(20):
                return await work

        return asyncio.run(bounded())

    return running
