"""The receiving half of an HTTP/2 connection, seen from a client: octets in, events out.

Frames are cut out and understood one at a time, so that a bad one costs none of those before it.
What is malformed on its own stream alone ends that stream and not the connection, and a peer that
has said GOAWAY may still answer what it accepted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from h2.errors import ErrorCodes

from conformance.codec import h2_frames as frames
from conformance.codec.h1_read import CONTENT_BOUND, Malformed
from conformance.codec.h2_blocks import Block, BlockReader
from conformance.codec.h2_events import (
    Broken,
    FrameSeen,
    GoneAway,
    OnStream,
    PeerReset,
    SessionEvent,
    StrayFrame,
)
from conformance.codec.h2_frames import FrameCutter, PeerError, RawFrame
from conformance.codec.h2_response import StreamReader
from conformance.codec.h2_state import ClientState
from conformance.syntax.h2names import code_name

if TYPE_CHECKING:
    from conformance.model.transcript import Moment

#: octets of response content the peer may send ahead, on a stream and on the connection
STREAM_WINDOW = 1_048_576
CONNECTION_WINDOW = 16_777_216
#: frames that carry neither content nor a response; WINDOW_UPDATE is counted against what we sent
IDLE_BOUND = 10_000
_UPDATES_PER_FRAME = 4


class H2Session:
    """What has arrived on one connection.

    Args:
        window: octets of content the peer may send on each stream until :meth:`reopen`; None for
            windows that never matter.
        max_content: octets of one response's content that are accepted.

    Attributes:
        state: streams, windows and settings; shared with who sends.
        greeted: the peer's first SETTINGS frame arrived.
        broken: why nothing more is read; empty while all is well.
        goaway: the last stream the peer says it accepts; None while it has not.
        sent_frames: frames of ours, counted by who sends them.
    """

    def __init__(self, *, window: int | None = None, max_content: int = CONTENT_BOUND) -> None:
        own = STREAM_WINDOW if window is None else window
        self.state = ClientState(own, CONNECTION_WINDOW)
        self.greeted = False
        self.broken = ""
        self.goaway: int | None = None
        self.sent_frames = 0
        self._shut = window is not None
        self._max_content = max_content
        self._cutter = FrameCutter()
        self._blocks = BlockReader()
        self._streams: dict[int, StreamReader] = {}
        self._idle = 0
        self._updates = 0

    def preface(self) -> bytes:
        """Return what a client says first."""
        return self.state.preface()

    def take_pending(self) -> bytes:
        """Return what is still to be sent, and forget it."""
        pending = self.state.pending
        if not pending:
            return b""
        octets = bytes(pending)
        pending.clear()
        return octets

    def follow(self, stream: int, method: str) -> StreamReader:
        """Begin to read the responses on a stream we have opened."""
        reader = self._streams[stream] = StreamReader(method, max_content=self._max_content)
        return reader

    def reader(self, stream: int) -> StreamReader | None:
        """Return who reads a stream; None if there is no such stream."""
        return self._streams.get(stream)

    def reopen(self, stream: int, increment: int = STREAM_WINDOW) -> None:
        """Let the peer send content on a stream, and from now on whatever it wants to send."""
        self._shut = False
        # The stream or its window may be past such help.
        if stream and not self.broken and self.state.widen(stream, increment):
            octets = increment.to_bytes(4, "big")
            self.state.pending += frames.framed(frames.WINDOW_UPDATE, 0, stream, octets)

    def give_up(self, stream: int, code: ErrorCodes) -> None:
        """Reset a stream; what still comes on it is ignored."""
        reader = self._streams.get(stream)
        if reader is None or reader.abandoned or self.broken:
            return
        reader.abandoned = True
        self.state.reset(stream, code)

    def say_goodbye(self) -> None:
        """Announce that we open no further stream."""
        if not self.broken:
            self.state.goodbye()

    def feed(self, data: bytes, moment: Moment) -> list[SessionEvent]:
        """Take octets that arrived at a moment and return what they bring, in order."""
        events: list[SessionEvent] = []
        if self.broken:
            return events
        try:
            for frame in self._cutter.feed(data, moment):
                at = len(events)
                note = frame.words
                try:
                    note = self._frame(frame, moment, events) or note
                finally:
                    events.insert(at, FrameSeen(frame, note))
        except PeerError as error:
            self._break(error, events)
        return events

    def _frame(self, frame: RawFrame, moment: Moment, events: list[SessionEvent]) -> str:
        """Take one frame; return what is to be said of it, unless its payload tells."""
        kind = frame.type
        if not self.greeted and (kind != frames.SETTINGS or frame.flags & frames.ACK):
            detail = f"the first frame is {frame.type_name} and not SETTINGS"
            raise PeerError(detail, ErrorCodes.PROTOCOL_ERROR)
        self._blocks.check_order(frame)
        self._count(frame, kind)
        match kind:
            case frames.HEADERS | frames.CONTINUATION:
                block = self._blocks.take(frame, moment)
                return "to be continued" if block is None else self._whole(block, moment, events)
            case frames.DATA:
                self._data(frame, moment, events)
            case frames.RST_STREAM:
                self._reset(frame, events)
            case frames.GOAWAY:
                self._goaway(frame, events)
            case frames.PUSH_PROMISE:
                detail = "a PUSH_PROMISE although push is off"
                raise PeerError(detail, ErrorCodes.PROTOCOL_ERROR)
            case frames.SETTINGS:
                self.state.settings(frame)
                self.greeted = True
            case frames.PING:
                self.state.ping(frame)
            case frames.WINDOW_UPDATE:
                self._window_update(frame, events)
            case _:  # extensions and priorities have nothing to say to us
                pass
        return ""

    def _count(self, frame: RawFrame, kind: int) -> None:
        """Count frames that bring nothing."""
        if kind == frames.WINDOW_UPDATE:
            self._updates += 1
        elif kind not in (frames.DATA, frames.HEADERS, frames.CONTINUATION) or not frame.length:
            self._idle += 1
        allowed = IDLE_BOUND + _UPDATES_PER_FRAME * self.sent_frames
        if self._idle > IDLE_BOUND or self._updates > allowed:
            detail = f"a flood of frames without content, the last a {frame.type_name}"
            raise PeerError(detail, ErrorCodes.ENHANCE_YOUR_CALM, flood=True)

    def _whole(self, block: Block, moment: Moment, events: list[SessionEvent]) -> str:
        """Take a complete field block."""
        fields = self._blocks.decode(block)
        status = next((value for name, value in fields if name == b":status"), b"")
        note = f":status {status[:20].decode('latin-1')}" if status else ""
        reader = self._reader_for(block.stream, "HEADERS", bytes(block.octets), events)
        if reader is None:
            return note
        read = reader.block(fields, end_stream=block.end_stream, began=block.began, moment=moment)
        events.extend(OnStream(block.stream, event) for event in read)
        if reader.failed:
            self.give_up(block.stream, ErrorCodes.PROTOCOL_ERROR)
        elif not self.state.is_open(block.stream):
            detail = f"HEADERS on stream {block.stream}, which nobody opened"
            raise PeerError(detail, ErrorCodes.PROTOCOL_ERROR)
        elif block.end_stream:
            self.state.peer_ended(block.stream)
        return note

    def _data(self, frame: RawFrame, moment: Moment, events: list[SessionEvent]) -> None:
        stream, state = frame.stream, self.state
        reader = self._reader_for(stream, "DATA", frame.octets, events)
        if reader is None:
            self._give_back(frame.length)
            return
        end = bool(frame.flags & frames.END_STREAM)
        content = b""
        if reader.headed:
            content = state.data(frame)
            if end:
                state.peer_ended(stream)
            if frame.length:
                state.used(stream, frame.length, shut=self._shut)
        else:
            self._give_back(frame.length)
        read = reader.data(content, end_stream=end, moment=moment)
        events.extend(OnStream(stream, each) for each in read)
        if reader.failed:
            self.give_up(stream, ErrorCodes.PROTOCOL_ERROR)

    def _give_back(self, length: int) -> None:
        """Return to the connection's window what a stream of no interest has used up."""
        if length:
            octets = length.to_bytes(4, "big")
            self.state.pending += frames.framed(frames.WINDOW_UPDATE, 0, 0, octets)

    def _reset(self, frame: RawFrame, events: list[SessionEvent]) -> None:
        reader = self._streams.get(frame.stream)
        if reader is None:
            detail = f"RST_STREAM on stream {frame.stream}, which nobody opened"
            raise PeerError(detail, ErrorCodes.PROTOCOL_ERROR)
        if frame.length != 4:
            detail = f"a RST_STREAM frame with a payload of {frame.length} octets"
            raise PeerError(detail, ErrorCodes.FRAME_SIZE_ERROR)
        self.state.closed(frame.stream)
        reader.ended = reader.abandoned = True
        events.append(PeerReset(frame.stream, int.from_bytes(frame.payload, "big")))

    def _goaway(self, frame: RawFrame, events: list[SessionEvent]) -> None:
        payload = frame.payload
        if len(payload) < 8 or frame.stream:
            raise PeerError("a GOAWAY frame that is malformed", ErrorCodes.PROTOCOL_ERROR)
        self.goaway = int.from_bytes(payload[:4], "big") & 0x7FFF_FFFF
        events.append(GoneAway(int.from_bytes(payload[4:8], "big"), self.goaway))

    def _window_update(self, frame: RawFrame, events: list[SessionEvent]) -> None:
        if not self.state.window_update(frame):
            reader = self._streams[frame.stream]  # only streams we opened have a window
            reader.failed = reader.abandoned = True
            detail = "the peer's WINDOW_UPDATE makes a window larger than is allowed"
            events.append(OnStream(frame.stream, Malformed(detail=detail)))

    def _reader_for(
        self, stream: int, what: str, octets: bytes, events: list[SessionEvent]
    ) -> StreamReader | None:
        """Return who is to read a frame; None if it is to be ignored."""
        reader = self._streams.get(stream)
        if reader is None:
            detail = f"{what} on stream {stream}, which nobody opened"
            raise PeerError(detail, ErrorCodes.PROTOCOL_ERROR)
        if reader.abandoned:
            self._idle += 1
            return None
        if reader.ended:
            events.append(StrayFrame(stream, octets))
            detail = f"{what} on stream {stream} after its end"
            raise PeerError(detail, ErrorCodes.STREAM_CLOSED)
        return reader

    def _break(self, error: PeerError, events: list[SessionEvent]) -> None:
        """Give the connection up and say so to the peer."""
        self.broken = error.detail
        self.state.goodbye(error.code)
        detail = f"{error.detail} ({code_name(int(error.code))})"
        events.append(Broken(detail, error.flood))
