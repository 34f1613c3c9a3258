"""The receiving half of an HTTP/2 connection, seen from a client: octets in, events out.

Frames are cut out here and given to h2 one at a time, because it forgets what it had understood of
a call when a later frame of that call is bad. h2 keeps the states of streams, the windows and the
settings, and answers what has to be answered. Field blocks are decoded here and h2 is only told
that they came: it would end the connection over a response that is malformed on its own stream,
and it takes a GOAWAY for the end of everything, where a peer may still answer what it accepted.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from h2.errors import ErrorCodes
from h2.events import DataReceived, StreamReset
from h2.exceptions import FlowControlError, H2Error
from hyperframe.exceptions import HyperframeError

from conformance.codec import h2_frames as frames
from conformance.codec.h1_read import CONTENT_BOUND, InterimHead, Malformed
from conformance.codec.h2_blocks import Block, BlockReader, words
from conformance.codec.h2_engine import engine, mute
from conformance.codec.h2_events import (
    Broken,
    FrameSeen,
    GoneAway,
    OnStream,
    PeerReset,
    SessionEvent,
    StrayFrame,
)
from conformance.codec.h2_flood import FloodCount
from conformance.codec.h2_frames import FrameCutter, PeerError, RawFrame
from conformance.codec.h2_response import StreamReader
from conformance.syntax.h2names import code_name

if TYPE_CHECKING:
    from conformance.model.transcript import Moment

#: octets of response content the peer may send ahead, on a stream and on the connection
STREAM_WINDOW = 1_048_576
CONNECTION_WINDOW = 16_777_216
_DEFAULT_WINDOW = 65_535


class H2Session:
    """What has arrived on one connection.

    Args:
        window: octets of content the peer may send on each stream until :meth:`reopen`; None for
            windows that never matter.
        max_content: octets of one response's content that are accepted.

    Attributes:
        h2: states of streams, windows and settings; shared with who sends.
        pending: octets of ours that are still to be sent.
        greeted: the peer's first SETTINGS frame arrived.
        broken: why nothing more is read; empty while all is well.
        goaway: the last stream the peer says it accepts; None while it has not.
        sent_frames: frames of ours, counted by who sends them.
    """

    def __init__(self, *, window: int | None = None, max_content: int = CONTENT_BOUND) -> None:
        self.h2 = engine(STREAM_WINDOW if window is None else window)
        self._told = mute(self.h2)
        self.pending = b""
        self.greeted = False
        self.broken = ""
        self.goaway: int | None = None
        self.sent_frames = 0
        self._shut = window is not None
        self._max_content = max_content
        self._cutter = FrameCutter()
        self._blocks = BlockReader()
        self._streams: dict[int, StreamReader] = {}
        self._flood = FloodCount()

    def preface(self) -> bytes:
        """Return what a client says first."""
        self.h2.initiate_connection()
        self.h2.increment_flow_control_window(CONNECTION_WINDOW - _DEFAULT_WINDOW)
        return bytes(self.h2.data_to_send())

    def collect(self) -> None:
        """Take over what h2 wants to be sent."""
        self.pending += self.h2.data_to_send()

    def take_pending(self) -> bytes:
        """Return what is still to be sent, and forget it."""
        self.collect()
        octets, self.pending = self.pending, b""
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
        if stream and not self.broken:
            with contextlib.suppress(H2Error):  # the stream or its window is past such help
                self.h2.increment_flow_control_window(increment, stream)

    def give_up(self, stream: int, code: ErrorCodes) -> None:
        """Reset a stream; what still comes on it is ignored."""
        reader = self._streams.get(stream)
        if reader is None or reader.abandoned or self.broken:
            return
        reader.abandoned = True
        with contextlib.suppress(H2Error):  # it is closed on both sides
            self.h2.reset_stream(stream, code)

    def say_goodbye(self) -> None:
        """Announce that we open no further stream."""
        if not self.broken:
            self.h2.close_connection()

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
        if not self.greeted and (frame.type != frames.SETTINGS or frame.flags & frames.ACK):
            detail = f"the first frame is {frame.type_name} and not SETTINGS"
            raise PeerError(detail, ErrorCodes.PROTOCOL_ERROR)
        self._blocks.check_order(frame)
        self._flood.take(frame, self.sent_frames)
        match frame.type:
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
            case frames.SETTINGS | frames.PING | frames.WINDOW_UPDATE:
                self._others(frame, events)
            case _:  # extensions and priorities have nothing to say to us
                pass
        return ""

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
            return note
        interim = any(isinstance(event, InterimHead) for event in read)
        self._told.status = b"100" if interim else b"200"
        flags = frames.END_HEADERS | (frames.END_STREAM if block.end_stream else 0)
        self._tell(bytes((0, 0, 0, frames.HEADERS, flags)) + block.stream.to_bytes(4, "big"))
        return note

    def _data(self, frame: RawFrame, moment: Moment, events: list[SessionEvent]) -> None:
        stream = frame.stream
        reader = self._reader_for(stream, "DATA", frame.octets, events)
        if reader is None:
            self._give_back(frame.length)
            return
        end = bool(frame.flags & frames.END_STREAM)
        if not reader.headed:
            read = reader.data(b"", end_stream=end, moment=moment)
            events.extend(OnStream(stream, each) for each in read)
            self._give_back(frame.length)
        for event in self._tell(frame.octets) if reader.headed else ():
            if isinstance(event, DataReceived):
                read = reader.data(bytes(event.data or b""), end_stream=end, moment=moment)
                events.extend(OnStream(stream, each) for each in read)
                self._acknowledge(stream, int(event.flow_controlled_length or 0))
        if reader.failed:
            self.give_up(stream, ErrorCodes.PROTOCOL_ERROR)

    def _acknowledge(self, stream: int, length: int) -> None:
        """Widen the windows by what has arrived; that of a stream only if it is not kept shut."""
        if length and self._shut:
            self.h2.increment_flow_control_window(length)
        elif length:
            self.h2.acknowledge_received_data(length, stream)

    def _give_back(self, length: int) -> None:
        """Return to the connection's window what a stream of no interest has used up."""
        if length:
            self.collect()
            self.pending += b"\0\0\4\x08\0\0\0\0\0" + length.to_bytes(4, "big")

    def _reset(self, frame: RawFrame, events: list[SessionEvent]) -> None:
        reader = self._streams.get(frame.stream)
        if reader is None:
            detail = f"RST_STREAM on stream {frame.stream}, which nobody opened"
            raise PeerError(detail, ErrorCodes.PROTOCOL_ERROR)
        if not reader.abandoned or frame.length != 4:
            self._tell(frame.octets)
        reader.ended = reader.abandoned = True
        events.append(PeerReset(frame.stream, int.from_bytes(frame.payload, "big")))

    def _goaway(self, frame: RawFrame, events: list[SessionEvent]) -> None:
        payload = frame.payload
        if len(payload) < 8 or frame.stream:
            raise PeerError("a GOAWAY frame that is malformed", ErrorCodes.PROTOCOL_ERROR)
        self.goaway = int.from_bytes(payload[:4], "big") & 0x7FFF_FFFF
        events.append(GoneAway(int.from_bytes(payload[4:8], "big"), self.goaway))

    def _others(self, frame: RawFrame, events: list[SessionEvent]) -> None:
        for event in self._tell(frame.octets):
            if isinstance(event, StreamReset):  # by h2, over the peer's WINDOW_UPDATE
                reader = self._streams[frame.stream]  # h2 knows only streams we opened
                reader.failed = reader.abandoned = True
                detail = "the peer's WINDOW_UPDATE makes a window larger than is allowed"
                events.append(OnStream(frame.stream, Malformed(detail=detail)))
        self.greeted = True

    def _reader_for(
        self, stream: int, what: str, octets: bytes, events: list[SessionEvent]
    ) -> StreamReader | None:
        """Return who is to read a frame; None if it is to be ignored."""
        reader = self._streams.get(stream)
        if reader is None:
            detail = f"{what} on stream {stream}, which nobody opened"
            raise PeerError(detail, ErrorCodes.PROTOCOL_ERROR)
        if reader.abandoned:
            self._flood.ignored()
            return None
        if reader.ended:
            events.append(StrayFrame(stream, octets))
            detail = f"{what} on stream {stream} after its end"
            raise PeerError(detail, ErrorCodes.STREAM_CLOSED)
        return reader

    def _tell(self, octets: bytes) -> list[Any]:
        """Give h2 a frame.

        Raises:
            PeerError: h2 objects.
        """
        try:
            return list(self.h2.receive_data(octets))
        except (H2Error, HyperframeError) as error:
            code = getattr(error, "error_code", None) or ErrorCodes.PROTOCOL_ERROR
            detail = f"a {RawFrame(octets).type_name} frame: {words(error)}"
            if isinstance(error, FlowControlError) and octets[3] == frames.DATA:
                detail = "the peer does not keep to our flow-control window"
            raise PeerError(detail, code) from None

    def _break(self, error: PeerError, events: list[SessionEvent]) -> None:
        """Give the connection up and say so to the peer, unless h2 has."""
        self.broken = error.detail
        said = bytes(self.h2.data_to_send())
        self.pending += said
        if not any(frame.type == frames.GOAWAY for frame in frames.frames_of(said)):
            self.h2.close_connection(error_code=error.code)
            self.collect()
        detail = f"{error.detail} ({code_name(int(error.code))})"
        events.append(Broken(detail, error.flood))
