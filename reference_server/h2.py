"""The HTTP/2 front end: asyncio for octets, the h2 library for frames.

Frames are read one at a time and judged by their heads first. Everything that has arrived is
given to the core before the event loop goes on, so that an exchange is never behind its frames.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from h2.errors import ErrorCodes

from reference_server.h2_frames import (
    HEAD,
    PREFACE,
    ConnectionEndedError,
    FrameHead,
    Guard,
    Kind,
    read_head,
)
from reference_server.h2_session import Session
from reference_server.h2_streams import H2Streams
from reference_server.transport import GONE, Timer, available, half_close

if TYPE_CHECKING:
    from reference_server.bounds import Bounds
    from reference_server.front import Begin, Connections
    from reference_server.h2_stream import H2Stream

#: How often times are looked at, in parts of the shortest one.
_TICKS = 4


class H2Connection(asyncio.Protocol):
    """One connection.

    Args:
        begin: makes the exchange of a request.
        bounds: what the client may take.
        connections: all connections of the server; this one enters and leaves by itself.

    Attributes:
        session: speaks the protocol, without I/O.
        guard: judges frames.
        streams: serves requests.
        can_write: whether the client takes what is written.
    """

    session: type[Session] = Session
    guard: type[Guard] = Guard
    streams: type[H2Streams] = H2Streams

    def __init__(self, begin: Begin, bounds: Bounds, connections: Connections) -> None:
        self._bounds = bounds
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._session = self.session(bounds)
        self._guard = self.guard(bounds, self._loop.time)
        self._streams = self.streams(
            begin=begin,
            bounds=bounds,
            loop=self._loop,
            session=self._session,
            guard=self._guard,
            carrier=self,
        )
        self._transport: asyncio.Transport
        self._timer = Timer(self._loop, self._look_at_times)
        self._head = bytearray()
        self._frame = FrameHead(length=0, kind=Kind.SETTINGS, flags=0, stream=0)
        self._left = 0  # octets of the frame under way
        self._admitted = False
        self._preface = PREFACE
        self._held = b""  # arrived, but not to be looked at before the core has returned
        self._busy = False
        self._ended = False
        self._going = False  # the client has announced the end
        self._dropped = 0
        self._slow_since: float | None = self._loop.time()
        self.can_write = True

    # What asyncio tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Announce settings, unless there are too many connections."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport
        full = len(self._connections) >= self._bounds.connections
        self._connections.add(self)
        self._session.begin()
        self._timer.wait(self._tick())
        if full:
            self._end(ErrorCodes.ENHANCE_YOUR_CALM)
        self.flush()

    def data_received(self, data: bytes) -> None:
        """Take in octets."""
        if self._ended:
            self._dropped += len(data)
            if self._dropped > self._bounds.linger_octets:
                self._transport.abort()
            return
        held, self._held = self._held, b""
        self._read(held + data if held else data)
        if self._transport.get_write_buffer_size() > self._bounds.unsent_octets:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """Take note that the client sends nothing more."""
        self._streams.interrupt_all()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note of the end."""
        del exc
        self._ended = True
        self._connections.discard(self)
        self._timer.cancel()
        self._streams.interrupt_all()
        self._transport = GONE

    def pause_writing(self) -> None:
        """Stop sending content."""
        self.can_write = False

    def resume_writing(self) -> None:
        """Go on sending content, and reading."""
        self.can_write = True
        self._transport.resume_reading()
        self._streams.pump()

    # Reading

    def _read(self, data: bytes, *, hold_requests: bool = False) -> None:
        """Handle frames; with ``hold_requests`` up to the next request, which is put by."""
        self._busy = True
        try:
            self._read_frames(memoryview(data), hold_requests=hold_requests)
        except ConnectionEndedError as error:
            self._end(error.code)
        finally:
            self._busy = False
        self._note_slowness()
        self.flush()

    def _read_frames(self, view: memoryview, *, hold_requests: bool) -> None:
        if self._preface:
            view = self._read_preface(view)
        while view and not self._ended:
            if self._left:
                part, view = view[: self._left], view[self._left :]
                self._left -= len(part)
                self._take(part)
                continue
            missing = HEAD - len(self._head)
            self._head += view[:missing]
            view = view[missing:]
            if len(self._head) < HEAD:
                return
            frame = read_head(self._head)
            if hold_requests and frame.kind == Kind.HEADERS and frame.stream not in self._streams:
                self._held = bytes(self._head) + view
                self._head.clear()
                self._loop.call_soon(self._read_held)
                return
            self._begin_frame(frame)

    def _read_preface(self, view: memoryview) -> memoryview:
        """Check the octets every client begins with; return what follows."""
        part = bytes(view[: len(self._preface)])
        if not self._preface.startswith(part):
            raise ConnectionEndedError(ErrorCodes.PROTOCOL_ERROR)
        self._preface = self._preface[len(part) :]
        self._session.receive(part, 0)
        return view[len(part) :]

    def _read_held(self) -> None:
        if self._held and not self._ended:
            held, self._held = self._held, b""
            self._read(held)

    def _begin_frame(self, frame: FrameHead) -> None:
        head = bytes(self._head)
        self._head.clear()
        self._admitted = self._guard.admit(frame)
        self._frame, self._left = frame, frame.length
        if frame.kind == Kind.GOAWAY:
            self._going = True
        self._take(head)

    def _take(self, octets: bytes | memoryview) -> None:
        """Give octets of a frame to the session and handle what has happened."""
        if not self._admitted:
            return
        for event in self._session.receive(octets, self._frame.stream):
            self._streams.handle(event)

    def drain(self, stream: H2Stream) -> None:
        """Read what the system has received, up to a bound; impossible under TLS.

        A request among it waits: the core is about to serve one. Where that one came on this
        very connection, everything before it has been read, and nothing after it matters.
        """
        if self._busy or self._held:
            return
        for data in available(self._transport, self._bounds.drain_octets):
            self._read(data, hold_requests=True)
            if not self._goes_on(stream):
                return

    def _goes_on(self, stream: H2Stream) -> bool:
        """Tell whether more can be read for a stream at once."""
        return stream.live and not self._held and not self._ended

    # Writing and ending

    def flush(self) -> None:
        """Write what the session has to send, at the latest when all that arrived is handled."""
        if self._busy or self._ended:
            return
        data = self._session.to_send()
        if data:
            self._transport.write(data)
        if self._going and not self._streams:
            self._end(ErrorCodes.NO_ERROR)

    def _finish(self, code: ErrorCodes) -> None:
        """Take no more part in the connection but for saying why."""
        self._ended = True
        self._streams.interrupt_all()
        self._session.end(code)
        self._transport.write(self._session.to_send())

    def _end(self, code: ErrorCodes) -> None:
        """Say why the connection ends, then read and drop for a while, so that it arrives."""
        self._finish(code)
        if not half_close(self._transport):
            self._transport.close()
            return
        self._timer.cancel()
        self._timer = Timer(self._loop, self._transport.abort)
        self._timer.wait(self._bounds.linger_seconds)

    def reset(self) -> None:
        """End the connection now, after saying so."""
        if not self._ended:
            self._finish(ErrorCodes.NO_ERROR)
        self._transport.abort()

    # Time

    def _tick(self) -> float:
        return min(self._bounds.idle_seconds, self._bounds.head_seconds) / _TICKS

    def _note_slowness(self) -> None:
        """Note since when a frame other than DATA, or a field section, is incomplete."""
        now = self._loop.time()
        in_content = self._left > 0 and self._frame.kind == Kind.DATA
        if in_content:
            self._streams.touch(self._frame.stream, now)
        unfinished = self._left > 0 or bool(self._head) or self._guard.waiting
        if in_content or not unfinished:
            self._slow_since = None
        elif self._slow_since is None:
            self._slow_since = now

    def _look_at_times(self) -> None:
        """End what has taken too long."""
        now = self._loop.time()
        slow = self._slow_since is not None and now - self._slow_since >= self._bounds.head_seconds
        if slow:
            self._end(ErrorCodes.ENHANCE_YOUR_CALM)
        elif self._streams.end_idle(now):
            self._end(ErrorCodes.NO_ERROR)
        else:
            self._timer.wait(self._tick())
