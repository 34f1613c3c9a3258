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
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, Event, RequestReceived, StreamEnded
from h2.settings import SettingCodes, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from hyperframe.frame import Frame

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


class H2Talk:
    """The peer's side of one HTTP/2 connection, on the h2 library with its checks off.

    Attributes:
        h2: its state; frames made with it are sent by :meth:`flush`.
        log: every event that came, in order.
    """

    def __init__(self, talk: Talk, settings: dict[SettingCodes, int] | None = None) -> None:
        self.talk = talk
        self.h2 = H2Connection(
            H2Configuration(
                client_side=False,
                validate_inbound_headers=False,
                normalize_inbound_headers=False,
                validate_outbound_headers=False,
                normalize_outbound_headers=False,
            )
        )
        if settings:
            self.h2.local_settings = Settings(client=False, initial_values=settings)
        self.log: list[Event] = []
        self._unseen: list[Event] = []
        self.h2.initiate_connection()
        self.flush()

    def flush(self) -> None:
        self.talk.say(self.h2.data_to_send())

    def say(self, *parts: Frame | bytes) -> None:
        """Write frames or octets as they are, behind the back of h2."""
        self.talk.say(b"".join(p if isinstance(p, bytes) else p.serialize() for p in parts))

    def until(self, kind: type[Event], stream: int | None = None) -> Any:
        """Return the next event of a kind (on a stream)."""
        while True:
            while self._unseen:
                event = self._unseen.pop(0)
                same = stream is None or getattr(event, "stream_id", None) == stream
                if isinstance(event, kind) and same:
                    return event
            data = self.talk.sock.recv(65536)
            if not data:
                raise EOFError
            self._take(self.h2.receive_data(data))

    def request(self) -> tuple[int, dict[bytes, bytes]]:
        """Return the stream and the fields of the next request."""
        event = self.until(RequestReceived)
        return event.stream_id, dict(event.headers)

    def content(self, stream: int) -> bytes:
        """Return all content on a stream, from its end or from what has come before a reset."""
        if not any(isinstance(e, StreamEnded) and e.stream_id == stream for e in self.log):
            self.until(StreamEnded, stream)
        return self.so_far(stream)

    def so_far(self, stream: int) -> bytes:
        """Return the content that has come on a stream."""
        return b"".join(
            e.data for e in self.log if isinstance(e, DataReceived) and e.stream_id == stream
        )

    def answer(self, stream: int, status: int, content: bytes = b"", **fields: str) -> None:
        """Send a final response."""
        self.head(stream, status, end=not content, **fields)
        if content:
            self.h2.send_data(stream, content, end_stream=True)
        self.flush()

    def head(self, stream: int, status: int, *, end: bool = False, **fields: str) -> None:
        """Send a head; underscores in names stand for hyphens."""
        lines = [(":status", str(status))]
        lines += [(name.replace("_", "-"), value) for name, value in fields.items()]
        self.h2.send_headers(stream, lines, end_stream=end)
        self.flush()

    def rest(self) -> str:
        """Read to the end of the connection; return how it ended."""
        try:
            while data := self.talk.sock.recv(65536):
                self._take(self.h2.receive_data(data))
        except ConnectionResetError:
            return "rst"
        return "fin"

    def _take(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, DataReceived) and event.flow_controlled_length:
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        self.log += events
        self._unseen += events
        self.flush()


@pytest.fixture
def h2talk() -> type[H2Talk]:
    return H2Talk
