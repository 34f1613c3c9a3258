"""What either end of an HTTP/2 connection may still do, as a client keeps count (RFC 9113).

Streams and which of their sides are open, flow-control windows both ways, the settings of both
ends. Frames about these are taken here, and answered where an answer is due. What field blocks and
content say is not known here.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from h2.errors import ErrorCodes
from h2.settings import SettingCodes

from conformance.codec import h2_frames as frames
from conformance.codec.h1_read import HEAD_BOUND
from conformance.codec.h2_encode import FieldEncoder
from conformance.codec.h2_frames import FRAME_BOUND, PREFACE, PeerError, framed
from conformance.codec.h2_settings import read_settings, write_settings
from conformance.codec.h2_windows import LARGEST, Inbound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.codec.h2_frames import RawFrame

_DEFAULT_WINDOW: Final = 65_535
_PADDED: Final = 0x8


class _Stream:
    """A stream that is open on one side at least."""

    __slots__ = ("inbound", "ours_over", "theirs_over", "window")

    def __init__(self, window: int, inbound: int, *, ours_over: bool) -> None:
        self.window = window
        self.inbound = Inbound(inbound)
        self.ours_over = ours_over
        self.theirs_over = False


class ClientState:
    """Counts for one connection.

    Attributes:
        pending: frames of ours that are still to be sent.
        encoder: of our field blocks.
        largest: octets of payload the peer accepts in one frame.
        most_streams: how many streams the peer allows at once; None for any number.
        next_stream: the stream a request would be made on now.
    """

    __slots__ = (
        "_inbound", "_initial", "_ours", "_ours_told", "_streams", "_window", "encoder", "largest",
        "most_streams", "next_stream", "pending",
    )  # fmt: skip

    def __init__(self, stream_window: int, connection_window: int) -> None:
        self.pending = bytearray()
        self.encoder = FieldEncoder()
        self.largest = FRAME_BOUND
        self.most_streams: int | None = None
        self.next_stream = 1
        self._streams: dict[int, _Stream] = {}
        self._window = self._initial = _DEFAULT_WINDOW
        self._inbound = Inbound(connection_window)
        self._ours = stream_window
        # For each SETTINGS frame of ours that is not acknowledged: the window it promises.
        self._ours_told: deque[int | None] = deque([None])

    def preface(self) -> bytes:
        """Return what a client says first."""
        settings = {
            SettingCodes.HEADER_TABLE_SIZE: 4096,
            SettingCodes.ENABLE_PUSH: 0,
            SettingCodes.INITIAL_WINDOW_SIZE: self._ours,
            SettingCodes.MAX_FRAME_SIZE: FRAME_BOUND,
            SettingCodes.MAX_HEADER_LIST_SIZE: HEAD_BOUND,
        }
        more = self._inbound.left - _DEFAULT_WINDOW
        return (
            PREFACE
            + framed(frames.SETTINGS, 0, 0, write_settings(settings.items()))
            + _update(0, more)
        )

    # What we send

    @property
    def may_open(self) -> bool:
        """Tell whether the peer allows another stream now."""
        return self.most_streams is None or len(self._streams) < self.most_streams

    def is_open(self, stream: int) -> bool:
        """Tell whether one side of a stream is open."""
        return stream in self._streams

    def may_send(self, stream: int) -> bool:
        """Tell whether our side of a stream is open."""
        found = self._streams.get(stream)
        return found is not None and not found.ours_over

    def room(self, stream: int) -> int:
        """Return how many octets of content the peer's windows admit in one frame."""
        found = self._streams.get(stream)
        if found is None or found.ours_over:
            return 0
        return max(0, min(self._window, found.window, FRAME_BOUND, self.largest))

    def headed(self, stream: int, *, end_stream: bool) -> None:
        """Note a HEADERS frame of ours: it opens a stream, or is a trailer section."""
        if stream >= self.next_stream:
            self.next_stream = stream + 2
            self._streams[stream] = _Stream(self._initial, self._ours, ours_over=end_stream)
        elif end_stream:
            self.ended(stream)

    def sent(self, stream: int, length: int) -> None:
        """Note what a DATA frame of ours takes from the windows."""
        self._window -= length
        found = self._streams.get(stream)
        if found is not None:
            found.window -= length

    def ended(self, stream: int) -> None:
        """Note that our side of a stream is over."""
        found = self._streams.get(stream)
        if found is not None:
            found.ours_over = True
            if found.theirs_over:
                del self._streams[stream]

    def closed(self, stream: int) -> None:
        """Note that a stream was reset by one of us."""
        self._streams.pop(stream, None)

    def reset(self, stream: int, code: int) -> None:
        """Reset a stream, unless it is over."""
        if self._streams.pop(stream, None) is not None:
            self.pending += framed(frames.RST_STREAM, 0, stream, code.to_bytes(4, "big"))

    def goodbye(self, code: int = 0) -> None:
        """Announce that nothing more is accepted; a peer never opened a stream."""
        self.pending += framed(frames.GOAWAY, 0, 0, bytes(4) + code.to_bytes(4, "big"))

    def widen(self, stream: int, increment: int) -> bool:
        """Note that the peer may send more, 0 for the connection; False if it may not be said."""
        found = self._streams.get(stream)
        window = self._inbound if not stream else found.inbound if found is not None else None
        return window is not None and 0 < increment <= LARGEST and window.widen(increment)

    def announce(self, settings: Mapping[int, int]) -> None:
        """Note a SETTINGS frame of ours; it counts once the peer has acknowledged it."""
        self._ours_told.append(settings.get(SettingCodes.INITIAL_WINDOW_SIZE))

    # What the peer sends

    def peer_ended(self, stream: int) -> None:
        """Note that the peer's side of a stream is over."""
        found = self._streams.get(stream)
        if found is not None:
            found.theirs_over = True
            if found.ours_over:
                del self._streams[stream]

    def data(self, frame: RawFrame) -> bytes:
        """Take a DATA frame on a stream of ours; return its content without the padding.

        Raises:
            PeerError: it is malformed, or larger than the windows we gave.
        """
        content = frame.payload
        if frame.flags & _PADDED:
            if not content or content[0] >= len(content):
                raise PeerError("a DATA frame with too much padding", ErrorCodes.PROTOCOL_ERROR)
            content = content[1 : len(content) - content[0]]
        found = self._streams.get(frame.stream)
        kept = self._inbound.take(frame.length)
        if not kept or (found is not None and not found.inbound.take(frame.length)):
            detail = "the peer does not keep to our flow-control window"
            raise PeerError(detail, ErrorCodes.FLOW_CONTROL_ERROR)
        return content

    def used(self, stream: int, length: int, *, shut: bool) -> None:
        """Let the peer send as much more as has arrived, once it is worth a frame.

        Args:
            stream: where it came.
            length: octets of the frame's payload.
            shut: widen only the connection's window, and that at once.
        """
        if shut:
            self._inbound.widen(length)
            self.pending += _update(0, length)
            return
        found = self._streams.get(stream)
        if increment := self._inbound.used(length):
            self.pending += _update(0, increment)
        if found is not None and not found.theirs_over and (more := found.inbound.used(length)):
            self.pending += _update(stream, more)

    def settings(self, frame: RawFrame) -> None:
        """Take a SETTINGS frame and acknowledge it (RFC 9113 section 6.5).

        Raises:
            PeerError: it is malformed, or one of its values is not allowed.
        """
        settings = read_settings(frame)
        if frame.flags & frames.ACK:
            self._acknowledged()
            return
        for code, value in settings:
            self._setting(code, value)
        self.pending += framed(frames.SETTINGS, frames.ACK, 0, b"")

    def _setting(self, code: int, value: int) -> None:
        match code:
            case SettingCodes.HEADER_TABLE_SIZE:
                self.encoder.resize(value)
            case SettingCodes.MAX_CONCURRENT_STREAMS:
                self.most_streams = value
            case SettingCodes.MAX_FRAME_SIZE:
                self.largest = value
            case SettingCodes.INITIAL_WINDOW_SIZE:
                change, self._initial = value - self._initial, value
                for stream in self._streams.values():
                    stream.window += change
                    if stream.window > LARGEST:
                        raise _too_large("SETTINGS")
            case _:  # unknown, or only about what we do not do
                pass

    def _acknowledged(self) -> None:
        """Count what the peer now knows of our settings."""
        window = self._ours_told.popleft() if self._ours_told else None
        if window is not None:
            change, self._ours = window - self._ours, window
            for stream in self._streams.values():
                stream.inbound.shift(change)

    def ping(self, frame: RawFrame) -> None:
        """Take a PING frame and answer it (RFC 9113 section 6.7).

        Raises:
            PeerError: it is malformed.
        """
        if frame.stream:
            raise PeerError("a PING frame on a stream", ErrorCodes.PROTOCOL_ERROR)
        if frame.length != 8:
            detail = f"a PING frame with a payload of {frame.length} octets"
            raise PeerError(detail, ErrorCodes.FRAME_SIZE_ERROR)
        if not frame.flags & frames.ACK:
            self.pending += framed(frames.PING, frames.ACK, 0, frame.payload)

    def window_update(self, frame: RawFrame) -> bool:
        """Take a WINDOW_UPDATE frame (RFC 9113 section 6.9).

        Returns:
            False if it makes a stream's window too large, so that the stream was reset.

        Raises:
            PeerError: it is malformed, on a stream nobody opened, or makes the connection's window
                too large.
        """
        stream, increment = frame.stream, int.from_bytes(frame.payload, "big") & LARGEST
        if frame.length != 4:
            detail = f"a WINDOW_UPDATE frame with a payload of {frame.length} octets"
            raise PeerError(detail, ErrorCodes.FRAME_SIZE_ERROR)
        if not increment:
            raise PeerError("a WINDOW_UPDATE frame of nothing", ErrorCodes.PROTOCOL_ERROR)
        if not stream:
            self._window += increment
            if self._window > LARGEST:
                raise _too_large("WINDOW_UPDATE")
            return True
        found = self._streams.get(stream)
        if found is None:
            if stream >= self.next_stream or not stream & 1:
                detail = f"WINDOW_UPDATE on stream {stream}, which nobody opened"
                raise PeerError(detail, ErrorCodes.PROTOCOL_ERROR)
            return True
        found.window += increment
        if found.window > LARGEST:
            self.reset(stream, ErrorCodes.FLOW_CONTROL_ERROR)
            return False
        return True


def _too_large(kind: str) -> PeerError:
    detail = f"a {kind} frame that makes a window larger than is allowed"
    return PeerError(detail, ErrorCodes.FLOW_CONTROL_ERROR)


def _update(stream: int, increment: int) -> bytes:
    return framed(frames.WINDOW_UPDATE, 0, stream, increment.to_bytes(4, "big"))
