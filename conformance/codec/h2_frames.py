"""HTTP/2 frames as octets: cut out of a stream of them, named and put into words (RFC 9113)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from h2.errors import ErrorCodes
from h2.settings import SettingCodes

from conformance.syntax.h2names import code_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.model.transcript import Moment

#: what a client says first (RFC 9113 section 3.4)
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#: octets before the payload of every frame
FRAME_HEADER = 9
#: octets of payload accepted in one frame, which is also what we announce
FRAME_BOUND = 16_384

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS = 0, 1, 2, 3, 4
PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 5, 6, 7, 8, 9
END_STREAM, END_HEADERS, ACK = 0x1, 0x4, 0x1

_TYPES = (
    "DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY",
    "WINDOW_UPDATE", "CONTINUATION",
)  # fmt: skip
_BLOCK_FLAGS = ((0x4, "END_HEADERS"), (0x1, "END_STREAM"), (0x8, "PADDED"), (0x20, "PRIORITY"))
_FLAGS: dict[int, tuple[tuple[int, str], ...]] = {
    DATA: ((0x1, "END_STREAM"), (0x8, "PADDED")),
    HEADERS: _BLOCK_FLAGS,
    SETTINGS: ((0x1, "ACK"),),
    PUSH_PROMISE: ((0x4, "END_HEADERS"), (0x8, "PADDED")),
    PING: ((0x1, "ACK"),),
    CONTINUATION: ((0x4, "END_HEADERS"),),
}
_NOTE = 200
_SHORT = FRAME_HEADER + _NOTE
#: types of frames whose payload can be put into a few words
_SAYING = frozenset({RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE})


class PeerError(Exception):
    """The peer did what ends a connection.

    Attributes:
        detail: what is wrong, in words.
        code: error code to tell the peer.
        flood: it is the amount and not the meaning.
    """

    def __init__(self, detail: str, code: ErrorCodes, *, flood: bool = False) -> None:
        self.detail = detail
        self.code = code
        self.flood = flood
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class RawFrame:
    """A whole frame.

    Attributes:
        octets: header and payload.
        began: when its first octet arrived; None for a frame of ours.
    """

    octets: bytes
    began: Moment | None = None

    @property
    def type(self) -> int:
        """Number of the type."""
        return self.octets[3]

    @property
    def flags(self) -> int:
        """Flags as one octet."""
        return self.octets[4]

    @property
    def stream(self) -> int:
        """Stream identifier; the reserved bit is ignored (RFC 9113 section 4.1)."""
        return int.from_bytes(self.octets[5:9], "big") & 0x7FFF_FFFF

    @property
    def length(self) -> int:
        """Octets of payload."""
        return len(self.octets) - FRAME_HEADER

    @property
    def payload(self) -> bytes:
        """What follows the frame's header."""
        return self.octets[FRAME_HEADER:]

    @property
    def type_name(self) -> str:
        """Name of the type; frames of other types are to be ignored (RFC 9113 section 5.5)."""
        return _TYPES[self.type] if self.type < len(_TYPES) else f"type 0x{self.type:02x}"

    @property
    def flag_names(self) -> tuple[str, ...]:
        """Names of the flags that are set and have a meaning, in alphabetical order."""
        return _flag_names(self.type, self.flags)

    @property
    def words(self) -> str:
        """What the payload says, in a few words; field blocks and content say nothing here."""
        return _words(self)[:_NOTE]


class FrameCutter:
    """Cuts what arrives into frames, however it was split."""

    __slots__ = ("_began", "_buffer")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._began: Moment | None = None

    def feed(self, data: bytes, moment: Moment) -> Iterator[RawFrame]:
        """Take octets and yield the frames they complete.

        Raises:
            PeerError: what follows is no frame, or too large a one.
        """
        buffer = self._buffer
        if not buffer:
            self._began = moment
        buffer += data
        while len(buffer) >= FRAME_HEADER:
            length = int.from_bytes(buffer[:3], "big")
            if length > FRAME_BOUND:
                raise self._refused(length)
            end = FRAME_HEADER + length
            if len(buffer) < end:
                return
            octets, began = bytes(buffer[:end]), self._began
            del buffer[:end]
            self._began = moment
            yield RawFrame(octets, began)

    def _refused(self, length: int) -> PeerError:
        detail = f"a frame of {length} octets, more than the {FRAME_BOUND} allowed"
        if self._buffer.startswith(b"HTTP/"):
            detail = "the peer speaks HTTP/1 where HTTP/2 is expected"
        return PeerError(detail, ErrorCodes.FRAME_SIZE_ERROR)


def frames_of(octets: bytes) -> Iterator[RawFrame]:
    """Yield the frames in octets of ours; what is no whole frame is left out."""
    position = len(PREFACE) if octets.startswith(PREFACE) else 0
    while position + FRAME_HEADER <= len(octets):
        end = position + FRAME_HEADER + int.from_bytes(octets[position : position + 3], "big")
        if end > len(octets):
            return
        yield RawFrame(octets[position:end])
        position = end


@lru_cache(maxsize=4096)
def shape(head: bytes) -> tuple[str, int, tuple[str, ...], int]:
    """Return what a frame's header says: name of the type, stream, names of the flags, length."""
    frame = RawFrame(head)
    return frame.type_name, frame.stream, frame.flag_names, int.from_bytes(head[:3], "big")


@lru_cache(maxsize=512)
def _flag_names(kind: int, flags: int) -> tuple[str, ...]:
    return tuple(sorted(name for bit, name in _FLAGS.get(kind, ()) if flags & bit))


def _words(frame: RawFrame) -> str:
    kind = frame.type
    # Every connection says the same few things; a long payload is not worth remembering.
    return _said(kind, frame.octets[FRAME_HEADER:_SHORT]) if kind in _SAYING else ""


@lru_cache(maxsize=512)
def _said(kind: int, payload: bytes) -> str:
    match kind:
        case 3 if len(payload) == 4:  # RST_STREAM
            return code_name(int.from_bytes(payload, "big"))
        case 4:  # SETTINGS
            return " ".join(_settings(payload))
        case 6:  # PING
            return payload.hex()
        case 7 if len(payload) >= 8:  # GOAWAY
            last = int.from_bytes(payload[:4], "big") & 0x7FFF_FFFF
            code = code_name(int.from_bytes(payload[4:8], "big"))
            text = payload[8:_NOTE].decode("ascii", "backslashreplace")
            return f"{code}, last stream {last}{f': {text}' if text else ''}"
        case 8 if len(payload) == 4:  # WINDOW_UPDATE
            return f"+{int.from_bytes(payload, 'big') & 0x7FFF_FFFF}"
        case _:
            return ""


def _settings(payload: bytes) -> Iterator[str]:
    for start in range(0, min(len(payload), 120), 6):
        code = int.from_bytes(payload[start : start + 2], "big")
        value = int.from_bytes(payload[start + 2 : start + 6], "big")
        try:
            yield f"{SettingCodes(code).name}={value}"
        except ValueError:
            yield f"0x{code:x}={value}"
