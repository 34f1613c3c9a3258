"""An HTTP/2 client that sends what a test says and keeps what comes."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

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

from conformance.profiles.rufh.drafts import PARTIAL_UPLOAD
from tests.reference_server.loopback import SECONDS

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

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
