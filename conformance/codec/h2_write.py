"""The sending half of an HTTP/2 connection: proper requests, and any frame a tester wants.

Field blocks are encoded with the connection's one encoder and framed here, whatever names and
values they have, so that the peer's decoder stays in step. What is sent is counted as far as it is
proper, so that what comes back can be understood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    GoAwayFrame,
    HeadersFrame,
    RstStreamFrame,
)

from conformance.codec.h2_frames import FRAME_BOUND, framed, frames_of
from conformance.codec.h2_settings import write_settings
from conformance.model.scenario import FrameKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.codec.h2_session import H2Session

Fields = tuple[tuple[bytes, bytes], ...]

_LARGEST = 0x7FFF_FFFF
_DATA, _CONTENT_END = 0, 0x1


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

    __slots__ = ("_session", "_state")

    def __init__(self, session: H2Session) -> None:
        self._session = session
        self._state = session.state

    @property
    def may_open(self) -> bool:
        """Tell whether the peer allows another stream now."""
        return self._state.may_open

    @property
    def next_stream(self) -> int:
        """The stream a request would be made on now."""
        return self._state.next_stream

    def room(self, stream: int) -> int:
        """Return how many octets of content the peer's windows admit; 0 on a closed stream."""
        return self._state.room(stream)

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
        self._state.sent(stream, len(octets))
        if end_stream:
            self._state.ended(stream)
        self._session.sent_frames += 1
        return framed(_DATA, _CONTENT_END if end_stream else 0, stream, octets)

    def trailers(self, stream: int, fields: Fields) -> bytes:
        """Return a trailer section, which ends the stream; nothing if our side has ended."""
        if not self._state.may_send(stream):
            return b""
        flags = ("END_HEADERS", "END_STREAM")
        return self._headers(stream, OutFrame(kind=FrameKind.HEADERS, fields=fields, flags=flags))

    def end(self, stream: int) -> bytes:
        """Return an empty DATA frame that ends the stream; nothing if our side has ended."""
        return self.data(stream, b"", end_stream=True) if self._state.may_send(stream) else b""

    def reset(self, stream: int, code: int) -> bytes:
        """Return a RST_STREAM frame; what still comes on the stream is ignored from now on."""
        reader = self._session.reader(stream)
        if reader is not None:
            reader.abandoned = True
        self._state.closed(stream)
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
        block = self._state.encoder.encode(out.fields)
        largest = min(FRAME_BOUND, self._state.largest)
        padding = 0 if out.pad is None else out.pad + 1
        first = largest - padding if out.split is None else min(out.split, largest - padding)
        rest = [block[at : at + largest] for at in range(first, len(block), largest)]
        flags = set(out.flags)
        if not rest and out.pad is None:  # as nearly every request has it
            self._state.headed(stream, end_stream="END_STREAM" in flags)
            self._session.sent_frames += 1
            return _frame(1, out.flags, stream, block)
        headers = HeadersFrame(stream, block[:first], pad_length=out.pad or 0)
        parts: list[HeadersFrame | ContinuationFrame] = [headers]
        parts += [ContinuationFrame(stream, piece) for piece in rest]
        if out.pad is not None:
            headers.flags.add("PADDED")
        if "END_STREAM" in flags:
            headers.flags.add("END_STREAM")
        if "END_HEADERS" in flags:
            parts[-1].flags.add("END_HEADERS")
        self._state.headed(stream, end_stream="END_STREAM" in flags)
        return self._counted(b"".join(bytes(part.serialize()) for part in parts))

    def _data(self, stream: int, out: OutFrame) -> bytes:
        end = "END_STREAM" in out.flags
        length = len(out.data) + (0 if out.pad is None else out.pad + 1)
        if length <= self.room(stream):  # what the windows do not admit is not counted
            self._state.sent(stream, length)
        if end:
            self._state.ended(stream)
        frame = DataFrame(stream, out.data, pad_length=out.pad or 0)
        if out.pad is not None:
            frame.flags.add("PADDED")
        if end:
            frame.flags.add("END_STREAM")
        return self._counted(bytes(frame.serialize()))

    def _window_update(self, stream: int, increment: int) -> bytes:
        self._state.widen(stream, increment)
        return self._counted(_frame(8, (), stream, (increment & _LARGEST).to_bytes(4, "big")))

    def _settings(self, out: OutFrame) -> bytes:
        if "ACK" not in out.flags:
            self._state.announce(dict(out.settings))
        return self._counted(_frame(4, out.flags, 0, write_settings(out.settings)))

    def _counted(self, octets: bytes) -> bytes:
        self._session.sent_frames += sum(1 for _ in frames_of(octets))
        return octets


def _frame(kind: int, flags: Sequence[str], stream: int, payload: bytes) -> bytes:
    bits = 0x1 if "ACK" in flags or "END_STREAM" in flags else 0
    bits |= 0x4 if "END_HEADERS" in flags else 0
    return framed(kind, bits, stream, payload)
