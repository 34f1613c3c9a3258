"""A bench for the core, without a network and with a clock the test turns; an HTTP/2 client."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import threading
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from hpack import Decoder, Encoder
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    Frame,
    GoAwayFrame,
    HeadersFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

from conformance.profiles.rufh.drafts import DRAFTS, PARTIAL_UPLOAD, VERSION_FIELD
from reference_server.bounds import Bounds
from reference_server.core.conduct import Policy
from reference_server.core.limits import Limits
from reference_server.core.messages import Fields, Request, Response
from reference_server.core.server import Core
from reference_server.core.uploads import Registry
from reference_server.serve import Configuration, RunningServer, start
from reference_server.store.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reference_server.core.exchange import Exchange
    from reference_server.core.messages import FieldLine


@dataclass
class Sent:
    """One exchange as its client sees it; also the actions the core gets."""

    interims: list[tuple[int, Fields]] = field(default_factory=list)
    response: Response | None = None
    aborted: bool = False
    wakes: list[float] = field(default_factory=list)
    in_flight: list[bytes] = field(default_factory=list)
    ends_in_flight: bool = False
    exchange: Exchange | None = None

    def interim(self, status: int, fields: tuple[FieldLine, ...]) -> None:
        assert self.response is None
        self.interims.append((status, Fields(fields)))

    def final(self, response: Response) -> None:
        assert self.response is None
        self.response = response

    def abort(self) -> None:
        self.aborted = True

    def drain(self) -> None:
        assert self.exchange is not None
        for piece in self.in_flight:
            self.exchange.content(piece)
        if self.ends_in_flight:
            self.exchange.end()

    def wake_after(self, seconds: float) -> None:
        self.wakes.append(seconds)

    @property
    def status(self) -> int:
        assert self.response is not None
        return self.response.status

    @property
    def fields(self) -> Fields:
        assert self.response is not None
        return Fields(self.response.fields)

    @property
    def document(self) -> bytes:
        assert self.response is not None
        content = self.response.content
        return content if isinstance(content, bytes) else b"".join(content.pieces())

    @property
    def problem(self) -> dict[str, Any]:
        assert self.fields.get("Content-Type") == "application/problem+json"
        read = json.loads(self.document)
        assert isinstance(read, dict)
        assert read["status"] == self.status
        return read


class Bench:
    """A core with a clock to turn; ``draft`` is the default version of requests."""

    def __init__(
        self,
        draft: int | None = 9,
        *,
        limits: Limits | None = None,
        tokens: dict[str, str] | None = None,
        room: int = 1_000_000,
        capacity: int = 100,
        policy: type[Policy] = Policy,
    ) -> None:
        self.version = draft
        self.draft = DRAFTS[draft or 9]
        self.now = 1_000_000.0
        self.store = MemoryStore(room)
        chosen = limits or Limits()
        self.registry = Registry(
            store=self.store,
            clock=lambda: self.now,
            max_age=chosen.max_age,
            capacity=capacity,
        )
        self.core = Core(
            policy=policy(limits=chosen, clock=lambda: self.now),
            registry=self.registry,
            tokens=tokens,
        )

    def complete(self, value: bool) -> tuple[str, str]:
        """Return the completeness field of the draft."""
        told = value is not self.draft.completeness_inverted
        return self.draft.completeness_field, "?1" if told else "?0"

    def completeness_of(self, fields: Fields) -> bool | None:
        """Return what a response says about completeness."""
        value = fields.get(self.draft.completeness_field)
        return None if value is None else (value == "?1") is not self.draft.completeness_inverted

    def begin(
        self,
        method: str,
        target: str,
        *lines: tuple[str, str],
        length: int | None = 0,
        http_version: tuple[int, int] = (1, 1),
    ) -> Sent:
        """Send the head of a request."""
        sent = Sent()
        fields = list(lines)
        if self.version is not None:
            fields.append((VERSION_FIELD, str(self.version)))
        request = Request(
            method=method,
            target=target,
            fields=Fields(fields),
            length=length,
            http_version=http_version,
        )
        sent.exchange = self.core.begin(request, sent)
        return sent

    def send(
        self,
        method: str,
        target: str,
        *lines: tuple[str, str],
        content: bytes = b"",
        chunked: bool = False,
        http_version: tuple[int, int] = (1, 1),
    ) -> Sent:
        """Send a whole request."""
        length = None if chunked else len(content)
        sent = self.begin(method, target, *lines, length=length, http_version=http_version)
        assert sent.exchange is not None
        if content:
            sent.exchange.content(content)
        sent.exchange.end()
        return sent

    def create(
        self, content: bytes = b"", *lines: tuple[str, str], complete: bool = False, **more: Any
    ) -> Sent:
        """Create an upload."""
        return self.send("POST", "/a", self.complete(complete), *lines, content=content, **more)

    def path(self, content: bytes = b"", *lines: tuple[str, str]) -> str:
        """Create an incomplete upload; return its path."""
        location = self.create(content, *lines).fields.get("Location")
        assert location is not None
        return location

    def append_fields(self, offset: int, complete: bool) -> list[tuple[str, str]]:
        """Return the fields of an append."""
        return [
            ("Upload-Offset", str(offset)),
            ("Content-Type", PARTIAL_UPLOAD),
            self.complete(complete),
        ]

    def append(
        self,
        path: str,
        offset: int,
        content: bytes = b"",
        *lines: tuple[str, str],
        complete: bool = False,
        **more: Any,
    ) -> Sent:
        """Append content."""
        fields = self.append_fields(offset, complete)
        return self.send("PATCH", path, *fields, *lines, content=content, **more)

    def hang(self, path: str, offset: int, content: bytes, length: int | None = None) -> Sent:
        """Begin a completing append that never ends."""
        fields = self.append_fields(offset, complete=True)
        sent = self.begin("PATCH", path, *fields, length=length)
        assert sent.exchange is not None
        sent.exchange.content(content)
        return sent

    def offset(self, path: str) -> int:
        """Retrieve the offset."""
        sent = self.send("HEAD", path)
        assert sent.status == 204
        return int(sent.fields.get("Upload-Offset") or -1)

    def stored(self, path: str) -> bytes:
        """Read back the representation of an upload."""
        sent = self.send("GET", path.replace("/uploads/", "/files/"))
        assert sent.status == 200
        return sent.document


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    """Return the maker of benches."""
    return Bench


@pytest.fixture(scope="session")
def make_bench_always() -> Callable[..., Bench]:
    """Return the maker of benches, for tests that make many."""
    return Bench


@pytest.fixture(params=sorted(DRAFTS))
def bench(request: pytest.FixtureRequest) -> Bench:
    """Return a bench for each draft in turn."""
    return Bench(request.param)


# HTTP/2 over real sockets

SECONDS = 10.0
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
WINDOW = 65_535


@dataclass
class Answer:
    """What came on one stream."""

    interims: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    status: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    content: bytes = b""
    ended: bool = False
    resets: list[int] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return self.ended or bool(self.resets)


class Peer:
    """An HTTP/2 client that writes every frame itself and keeps every frame it reads."""

    def __init__(self, connected: socket.socket, *, begin: bool = True, **settings: int) -> None:
        self.socket = connected
        self.encoder = Encoder()
        self.frames: list[Frame] = []
        self.answers: dict[int, Answer] = {}
        self.goaway: int | None = None
        self.closed = False
        self.begun = begin
        self.opens_windows = True
        self.window = WINDOW
        self.windows: dict[int, int] = {}
        self.first_window = WINDOW
        self._decoder = Decoder()
        self._buffer = b""
        self._last = -1
        if begin:
            codes = {getattr(SettingsFrame, name): value for name, value in settings.items()}
            self.raw(PREFACE + SettingsFrame(0, settings=codes).serialize())

    # Sending

    def raw(self, octets: bytes) -> None:
        """Send octets; a connection the server has ended already takes them, too."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(octets)

    def send(self, *frames: Frame) -> None:
        self.raw(b"".join(frame.serialize() for frame in frames))

    def section(
        self,
        lines: list[tuple[str, str]],
        *,
        end: bool = False,
        split: int = 0,
        stream: int | None = None,
    ) -> list[Frame]:
        """Return the frames of a field section, as it is, on a new stream or a given one."""
        if stream is None:
            self._last += 2
            stream = self._last
        block = self.encoder.encode(lines)
        pieces = [block[i : i + split] for i in range(0, len(block), split)] if split else [block]
        frames: list[Frame] = [HeadersFrame(stream, data=pieces[0])]
        frames += [ContinuationFrame(stream, data=piece) for piece in pieces[1:]]
        frames[-1].flags.add("END_HEADERS")
        if end:
            frames[0].flags.add("END_STREAM")
        return frames

    def begin(
        self, method: str, path: str, *fields: tuple[str, str], end: bool = False, split: int = 0
    ) -> int:
        """Send the head of a request; return its stream."""
        lines = [(":method", method), (":scheme", "http"), (":path", path), (":authority", "x")]
        lines += [("upload-draft-interop-version", "9"), *fields]
        self.send(*self.section(lines, end=end, split=split))
        return self._last

    def data(self, stream: int, content: bytes = b"", *, end: bool = False, pad: int = 0) -> None:
        """Send content in frames of 16 KiB, as windows allow."""
        pieces = [content[i : i + 16384] for i in range(0, len(content), 16384)] or [b""]
        for number, piece in enumerate(pieces):
            frame = DataFrame(stream, data=piece)
            if pad:
                frame.flags.add("PADDED")
                frame.pad_length = pad
            if end and number == len(pieces) - 1:
                frame.flags.add("END_STREAM")
            size = frame.flow_controlled_length
            self.wait(lambda size=size: self._room(stream) >= size)  # type: ignore[misc]
            self.window -= size
            self.windows[stream] = self.windows.get(stream, 0) - size
            self.send(frame)

    def _room(self, stream: int) -> int:
        return min(self.window, self.first_window + self.windows.get(stream, 0))

    # Receiving

    def wait(self, what: Callable[[], Any]) -> None:
        """Read until something is so."""
        end = time.monotonic() + SECONDS
        while not what():
            assert time.monotonic() < end, "nothing came"
            assert not self.closed, "the connection has ended"
            self._read()

    def _read(self) -> None:
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.closed = not data
        self._buffer += data
        while len(self._buffer) >= 9:
            frame, length = Frame.parse_frame_header(memoryview(self._buffer[:9]))
            if len(self._buffer) < 9 + length:
                return
            frame.parse_body(memoryview(self._buffer[9 : 9 + length]))
            self._buffer = self._buffer[9 + length :]
            self.frames.append(frame)
            self._take(frame)

    def _take(self, frame: Frame) -> None:
        if isinstance(frame, SettingsFrame) and "ACK" not in frame.flags:
            self.first_window = frame.settings.get(SettingsFrame.INITIAL_WINDOW_SIZE, WINDOW)
            if self.begun:
                self.send(SettingsFrame(0, flags=("ACK",)))
        elif isinstance(frame, WindowUpdateFrame):
            if frame.stream_id:
                number = frame.stream_id
                self.windows[number] = self.windows.get(number, 0) + frame.window_increment
            else:
                self.window += frame.window_increment
        elif isinstance(frame, GoAwayFrame):
            self.goaway = frame.error_code
        elif isinstance(frame, (HeadersFrame, DataFrame, RstStreamFrame)):
            self._answer(frame, self.answers.setdefault(frame.stream_id, Answer()))

    def _answer(self, frame: HeadersFrame | DataFrame | RstStreamFrame, answer: Answer) -> None:
        if isinstance(frame, RstStreamFrame):
            answer.resets.append(frame.error_code)
        elif isinstance(frame, HeadersFrame):
            lines = [(str(name), str(value)) for name, value in self._decoder.decode(frame.data)]
            status, fields = int(dict(lines)[":status"]), dict(lines[1:])
            assert len(fields) == len(lines) - 1
            if status < 200:
                assert "END_STREAM" not in frame.flags
                answer.interims.append((status, fields))
            else:
                answer.status, answer.fields = status, fields
        else:
            answer.content += frame.data
            if frame.data and self.opens_windows:
                size = frame.flow_controlled_length
                updates = [WindowUpdateFrame(number) for number in (0, frame.stream_id)]
                for update in updates:
                    update.window_increment = size
                self.send(*updates)
        if "END_STREAM" in frame.flags:
            answer.ended = True

    def answer(self, stream: int) -> Answer:
        """Wait for the end of a stream."""
        self.wait(lambda: stream in self.answers and self.answers[stream].over)
        return self.answers[stream]

    def interim(self, stream: int, number: int = 0) -> tuple[int, dict[str, str]]:
        """Wait for an interim response."""
        self.wait(lambda: stream in self.answers and len(self.answers[stream].interims) > number)
        return self.answers[stream].interims[number]

    def ended(self) -> int | None:
        """Wait for the end of the connection; return what GOAWAY said."""
        end = time.monotonic() + SECONDS
        while not self.closed:
            assert time.monotonic() < end
            self._read()
        return self.goaway

    # Uploads

    def ask(self, method: str, path: str, *fields: tuple[str, str], content: bytes = b"") -> Answer:
        """Send a whole request and wait for the response."""
        stream = self.begin(method, path, *fields, end=not content)
        if content:
            self.data(stream, content, end=True)
        return self.answer(stream)

    def create(self, content: bytes = b"abc") -> str:
        """Create an incomplete upload; return its path."""
        answer = self.ask("POST", "/a", ("upload-complete", "?0"), content=content)
        assert answer.status == 201
        return answer.fields["location"]

    def append(self, path: str, offset: int, *fields: tuple[str, str], complete: str = "?1") -> int:
        """Begin an append; return its stream."""
        return self.begin(
            "PATCH",
            path,
            ("content-type", PARTIAL_UPLOAD),
            ("upload-offset", str(offset)),
            ("upload-complete", complete),
            *fields,
        )

    def state(self, path: str) -> tuple[int, str]:
        """Return offset and completeness of an upload."""
        fields = self.ask("HEAD", path).fields
        return int(fields["upload-offset"]), fields["upload-complete"]

    def stored(self, path: str) -> bytes:
        """Read back the representation of an upload."""
        return self.ask("GET", path.replace("/uploads/", "/files/")).content

    def lives(self) -> bool:
        """Tell whether the connection still serves requests."""
        return self.ask("OPTIONS", "*").status == 204


class Servers:
    """An event loop in a thread that runs servers; nothing may go wrong in it unseen."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.faults: list[dict[str, Any]] = []
        self.loop.set_exception_handler(lambda loop, context: self.faults.append(context))
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.servers: list[RunningServer] = []
        self.sockets: list[socket.socket] = []

    def start(self, configuration: Configuration | None = None, **bounds: float) -> RunningServer:
        """Start a server."""
        chosen = configuration or Configuration()
        chosen = replace(chosen, bounds=replace(Bounds(), **bounds))  # type: ignore[arg-type]
        future = asyncio.run_coroutine_threadsafe(start(chosen), self.loop)
        server = future.result(SECONDS)
        self.servers.append(server)
        return server

    def connect(self, server: RunningServer) -> socket.socket:
        """Open a connection."""
        made = socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sockets.append(made)
        return made

    def open(self, server: RunningServer, *, begin: bool = True, **settings: int) -> Peer:
        """Open an HTTP/2 connection."""
        return Peer(self.connect(server), begin=begin, **settings)

    def call(self, what: Callable[[], Any]) -> None:
        """Run something in the loop."""

        async def run() -> None:
            what()

        asyncio.run_coroutine_threadsafe(run(), self.loop).result(SECONDS)

    @contextlib.contextmanager
    def halted(self) -> Iterator[None]:
        """Hold the loop while the test sends things that shall arrive at once."""
        released = threading.Event()
        self.loop.call_soon_threadsafe(released.wait, SECONDS)
        try:
            yield
            time.sleep(0.05)  # lets loopback deliver
        finally:
            released.set()

    async def _end(self, server: RunningServer) -> None:
        for _ in range(6):  # whoever has come is let in before the door is closed
            await asyncio.sleep(0)
        await server.close()

    def close(self) -> None:
        """Close everything."""
        for each in self.sockets:
            each.close()
        for server in self.servers:
            asyncio.run_coroutine_threadsafe(self._end(server), self.loop).result(SECONDS)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(SECONDS)
        self.loop.close()
        assert self.faults == []


@pytest.fixture
def servers() -> Iterator[Servers]:
    """Run servers for a test."""
    made = Servers()
    yield made
    made.close()


def reset_connection(connected: socket.socket) -> None:
    """End a connection with RST."""
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connected.close()


@pytest.fixture
def abandon() -> Callable[[socket.socket], None]:
    """Return what ends a connection with RST."""
    return reset_connection
