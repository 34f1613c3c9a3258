"""The sending half of an HTTP/2 connection: proper requests, and any frame a tester wants.

Field blocks are encoded with the connection's one encoder and framed here, whatever names and
values they have, so that the peer's decoder stays in step; h2 is told of every frame it has to
know of to understand what comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from h2.exceptions import H2Error
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    GoAwayFrame,
    HeadersFrame,
    RstStreamFrame,
)

from conformance.codec.h2_frames import FRAME_BOUND, frames_of
from conformance.model.scenario import FrameKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.codec.h2_session import H2Session

Fields = tuple[tuple[bytes, bytes], ...]

_LARGEST = 0x7FFF_FFFF
_NEVER_MIND = ((b":method", b"GET"), (b":scheme", b"http"), (b":path", b"/"))


class _Mute:
    """Stands in for h2's encoder where it makes a field block that nobody will see."""

    def encode(self, _headers: object) -> bytes:
        return b"\x82"


_MUTE = _Mute()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutFrame:
    """A frame to be written on purpose; see :class:`conformance.model.scenario.FramePart`.

    Attributes:
        kind: anything but WAIT.
        fields: for HEADERS.
        flags: names of the flags to set.
        pad: octets of padding; None for no padding field.
        split: octets of the field block in the HEADERS frame; None for all that fit.
        data: payload of DATA (without padding), PING and CONTINUATION; for RAW everything.
        code: for RST_STREAM and GOAWAY.
        increment: for WINDOW_UPDATE.
        on_connection: for WINDOW_UPDATE.
        settings: for SETTINGS: identifiers and values.
    """

    kind: FrameKind
    fields: Fields = ()
    flags: tuple[str, ...] = ()
    pad: int | None = None
    split: int | None = None
    data: bytes = b""
    code: int = 0
    increment: int = 0
    on_connection: bool = False
    settings: tuple[tuple[int, int], ...] = ()


class H2Writer:
    """Makes the octets of frames; what it returns has to be sent, in the order it was made."""

    __slots__ = ("_ended", "_h2", "_opened", "_session")

    def __init__(self, session: H2Session) -> None:
        self._session = session
        self._h2 = session.h2
        # h2 closes a stream on which it is asked for what it does not allow, so it is not asked.
        self._opened: set[int] = set()
        self._ended: set[int] = set()

    @property
    def may_open(self) -> bool:
        """Tell whether the peer allows another stream now."""
        allowed = self._h2.remote_settings.max_concurrent_streams
        return bool(self._h2.open_outbound_streams < allowed)

    @property
    def next_stream(self) -> int:
        """The stream a request would be made on now."""
        return int(self._h2.get_next_available_stream_id())

    def room(self, stream: int) -> int:
        """Return how many octets of content the peer's windows admit; 0 on a closed stream."""
        if stream in self._ended:
            return 0
        try:
            window = int(self._h2.local_flow_control_window(stream))
        except H2Error:
            return 0
        return max(0, min(window, FRAME_BOUND, int(self._h2.max_outbound_frame_size)))

    def open(self, fields: Fields, *, end_stream: bool) -> tuple[int, bytes]:
        """Open a stream with a request's field block; return it and the octets."""
        stream = self.next_stream
        out = OutFrame(
            kind=FrameKind.HEADERS,
            fields=fields,
            flags=("END_HEADERS", *(("END_STREAM",) if end_stream else ())),
        )
        return stream, self._headers(stream, out)

    def data(self, stream: int, octets: bytes, *, end_stream: bool) -> bytes:
        """Return a DATA frame; there must be room for it."""
        self._session.collect()
        self._h2.send_data(stream, octets, end_stream=end_stream)
        if end_stream:
            self._ended.add(stream)
        return self._counted(bytes(self._h2.data_to_send()))

    def trailers(self, stream: int, fields: Fields) -> bytes:
        """Return a trailer section, which ends the stream; nothing if our side has ended."""
        if self._is_over(stream):
            return b""
        flags = ("END_HEADERS", "END_STREAM")
        return self._headers(stream, OutFrame(kind=FrameKind.HEADERS, fields=fields, flags=flags))

    def end(self, stream: int) -> bytes:
        """Return an empty DATA frame that ends the stream; nothing if our side has ended."""
        return b"" if self._is_over(stream) else self.data(stream, b"", end_stream=True)

    def reset(self, stream: int, code: int) -> bytes:
        """Return a RST_STREAM frame; what still comes on the stream is ignored from now on."""
        reader = self._session.reader(stream)
        if reader is not None:
            reader.abandoned = True
        if stream in self._opened:
            self._ended.add(stream)
            self._unseen(lambda: self._h2.reset_stream(stream, code))
        frame = RstStreamFrame(stream)
        frame.error_code = code
        return self._counted(bytes(frame.serialize()))

    def write(self, stream: int, out: OutFrame) -> bytes:
        """Return a frame exactly as it is said, whether it is allowed or not.

        Args:
            stream: what is not about the connection is written on it.
            out: the frame.
        """
        match out.kind:
            case FrameKind.HEADERS:
                return self._headers(stream, out)
            case FrameKind.DATA:
                return self._data(stream, out)
            case FrameKind.RST_STREAM:
                return self.reset(stream, out.code)
            case FrameKind.WINDOW_UPDATE:
                return self._window_update(0 if out.on_connection else stream, out.increment)
            case FrameKind.PING:
                return self._counted(_frame(6, out.flags, 0, out.data))
            case FrameKind.SETTINGS:
                return self._settings(out)
            case FrameKind.GOAWAY:
                frame = GoAwayFrame(0, error_code=out.code)
                return self._counted(bytes(frame.serialize()))
            case FrameKind.CONTINUATION:
                return self._counted(_frame(9, out.flags, stream, out.data))
            case _:
                return self._counted(out.data)

    def _headers(self, stream: int, out: OutFrame) -> bytes:
        block = bytes(self._h2.encoder.encode(out.fields))
        largest = min(FRAME_BOUND, int(self._h2.max_outbound_frame_size))
        padding = 0 if out.pad is None else out.pad + 1
        first = largest - padding if out.split is None else min(out.split, largest - padding)
        rest = [block[at : at + largest] for at in range(first, len(block), largest)]
        flags = set(out.flags)
        if not rest and out.pad is None:  # as nearly every request has it
            self._tell_of_headers(stream, end_stream="END_STREAM" in flags)
            return self._counted(_frame(1, out.flags, stream, block))
        headers = HeadersFrame(stream, block[:first], pad_length=out.pad or 0)
        parts: list[HeadersFrame | ContinuationFrame] = [headers]
        parts += [ContinuationFrame(stream, piece) for piece in rest]
        if out.pad is not None:
            headers.flags.add("PADDED")
        if "END_STREAM" in flags:
            headers.flags.add("END_STREAM")
        if "END_HEADERS" in flags:
            parts[-1].flags.add("END_HEADERS")
        self._tell_of_headers(stream, end_stream="END_STREAM" in flags)
        return self._counted(b"".join(bytes(part.serialize()) for part in parts))

    def _tell_of_headers(self, stream: int, *, end_stream: bool) -> None:
        """Let h2 know of a field block without giving it the words of the connection's encoder."""
        if stream in self._opened:
            if end_stream and not self._is_over(stream):
                self._ended.add(stream)
                self._unseen(lambda: self._h2.end_stream(stream))
            return
        if end_stream:
            self._ended.add(stream)
        self._opened.add(stream)
        encoder, self._h2.encoder = self._h2.encoder, _MUTE  # type: ignore[assignment]
        self._unseen(lambda: self._h2.send_headers(stream, _NEVER_MIND, end_stream=end_stream))
        self._h2.encoder = encoder

    def _data(self, stream: int, out: OutFrame) -> bytes:
        end = "END_STREAM" in out.flags
        length = len(out.data) + (0 if out.pad is None else out.pad + 1)
        if not self._is_over(stream):
            self._tell_of_data(stream, out, end_stream=end, fits=length <= self.room(stream))
        frame = DataFrame(stream, out.data, pad_length=out.pad or 0)
        if out.pad is not None:
            frame.flags.add("PADDED")
        if end:
            frame.flags.add("END_STREAM")
        return self._counted(bytes(frame.serialize()))

    def _tell_of_data(self, stream: int, out: OutFrame, *, end_stream: bool, fits: bool) -> None:
        """Let h2 know of content; of what the windows do not admit only that it ends the stream."""
        if end_stream:
            self._ended.add(stream)
        if fits or not out.data:
            self._unseen(
                lambda: self._h2.send_data(
                    stream, out.data, end_stream=end_stream, pad_length=out.pad if fits else None
                )
            )
        elif end_stream:
            self._unseen(lambda: self._h2.end_stream(stream))

    def _is_over(self, stream: int) -> bool:
        """Tell whether nothing more may be sent on a stream."""
        if stream not in self._opened or stream in self._ended:
            return True
        reader = self._session.reader(stream)
        return reader is not None and reader.abandoned

    def _window_update(self, stream: int, increment: int) -> bytes:
        if stream:
            self._unseen(lambda: self._h2.increment_flow_control_window(increment, stream))
        else:
            self._unseen(lambda: self._h2.increment_flow_control_window(increment))
        return self._counted(_frame(8, (), stream, (increment & _LARGEST).to_bytes(4, "big")))

    def _settings(self, out: OutFrame) -> bytes:
        wanted = dict(out.settings)
        if "ACK" not in out.flags:
            self._unseen(lambda: self._h2.update_settings(wanted))
        payload = b"".join(
            code.to_bytes(2, "big") + value.to_bytes(4, "big") for code, value in out.settings
        )
        return self._counted(_frame(4, out.flags, 0, payload))

    def _unseen(self, act: Callable[[], object]) -> None:
        """Let h2 note something and throw away what it wants to send for it."""
        self._session.collect()
        try:
            act()
        except (H2Error, ValueError):  # it is not meant to be proper
            pass
        finally:
            self._h2.clear_outbound_data_buffer()

    def _counted(self, octets: bytes) -> bytes:
        self._session.sent_frames += sum(1 for _ in frames_of(octets))
        return octets


def _frame(kind: int, flags: Sequence[str], stream: int, payload: bytes) -> bytes:
    bits = 0x1 if "ACK" in flags or "END_STREAM" in flags else 0
    bits |= 0x4 if "END_HEADERS" in flags else 0
    length = len(payload).to_bytes(3, "big")
    return length + bytes((kind, bits)) + stream.to_bytes(4, "big") + payload
