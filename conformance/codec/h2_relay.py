"""HTTP/2 frames for whoever relays them: cut out without loss, field blocks made stateless.

A relay that keeps a field block from its receiver would put the two ends' header compression out of
step (RFC 7541 section 2.2). So every block is decoded and written again as literals that no table
knows. All other frames stay as they came, whatever their size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpack import Decoder, HPACKError

from conformance.codec import h2_frames as frames
from conformance.codec.h2_frames import FRAME_HEADER, PREFACE, RawFrame

if TYPE_CHECKING:
    from collections.abc import Iterable

#: octets of one field block, encoded or not
BLOCK_BOUND = 262_144
#: octets of payload every peer accepts (RFC 9113 section 4.2)
_PAYLOAD = 16_384
_TABLE_BOUND = 1_048_576
_PADDED, _PRIORITY = 0x8, 0x20
_FORGET_TABLE = b"\x20"  # a size update to nothing, which is always allowed (RFC 7541 section 6.3)
_BLOCKS = frozenset({frames.HEADERS, frames.PUSH_PROMISE, frames.CONTINUATION})


class NotFollowedError(Exception):
    """What a peer sends cannot be followed any more; it can only be passed on as it is.

    Attributes:
        detail: why, in words.
    """

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(detail)


class FrameSplitter:
    """Splits octets into frames of any size; a client's preface stands before them.

    Attributes:
        rest: octets that are no whole frame yet.
    """

    __slots__ = ("_preface", "rest")

    def __init__(self, *, preface: bool) -> None:
        self.rest = bytearray()
        self._preface = preface

    def feed(self, data: bytes) -> list[RawFrame]:
        """Take octets and return the frames they complete; the preface is not told."""
        self.rest += data
        if self._preface:
            if len(self.rest) < len(PREFACE):
                return []
            del self.rest[: len(PREFACE)]
            self._preface = False
        found = []
        while len(self.rest) >= FRAME_HEADER:
            end = FRAME_HEADER + int.from_bytes(self.rest[:3], "big")
            if len(self.rest) < end:
                break
            found.append(RawFrame(bytes(self.rest[:end])))
            del self.rest[:end]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldBlock:
    """A whole field block.

    Attributes:
        type: HEADERS or PUSH_PROMISE.
        stream: where it stands.
        fields: names and values in order, as they came.
        end_stream: it ends its sender's side of the stream.
        lead: what stands before the fields: priority, or the promised stream.
        flags: flags of its first frame that are kept.
    """

    type: int
    stream: int
    fields: tuple[tuple[bytes, bytes], ...]
    end_stream: bool
    lead: bytes = b""
    flags: int = 0


class BlockDecoder:
    """Gathers and decodes the field blocks of one direction."""

    __slots__ = ("_decoder", "_first", "_octets")

    def __init__(self) -> None:
        self._decoder = Decoder(max_header_list_size=BLOCK_BOUND)
        self._decoder.max_allowed_table_size = _TABLE_BOUND
        self._first: RawFrame | None = None
        self._octets = b""

    def wants(self, frame: RawFrame) -> bool:
        """Tell whether a frame is part of a field block.

        Raises:
            NotFollowedError: it stands where it must not.
        """
        inside = self._first is not None
        continued = frame.type == frames.CONTINUATION
        if inside is not continued or (
            self._first is not None and frame.stream != self._first.stream
        ):
            raise NotFollowedError(f"a {frame.type_name} frame in or after the wrong field block")
        return frame.type in _BLOCKS

    def take(self, frame: RawFrame) -> FieldBlock | None:
        """Take a frame; return the block it completes.

        Raises:
            NotFollowedError: it cannot be decoded.
        """
        if self._first is None:
            self._first, self._octets = frame, _fragment(frame)[1]
        else:
            self._octets += frame.payload
        if len(self._octets) > BLOCK_BOUND:
            raise NotFollowedError(f"a field block of more than {BLOCK_BOUND} octets")
        if not frame.flags & frames.END_HEADERS:
            return None
        first, self._first = self._first, None
        try:
            decoded = self._decoder.decode(self._octets, raw=True)
        except (HPACKError, ValueError, IndexError) as error:
            raise NotFollowedError(f"a field block that cannot be decoded: {error}") from None
        headers = first.type == frames.HEADERS
        return FieldBlock(
            type=first.type,
            stream=first.stream,
            fields=tuple((bytes(name), bytes(value)) for name, value in decoded),
            end_stream=headers and bool(first.flags & frames.END_STREAM),
            lead=_fragment(first)[0],
            flags=first.flags & (_PRIORITY | frames.END_STREAM) if headers else 0,
        )


def _fragment(frame: RawFrame) -> tuple[bytes, bytes]:
    """Return what stands before a field block in its first frame, and the block's beginning."""
    payload, pad = frame.payload, 0
    if frame.flags & _PADDED:
        pad, payload = (payload[0] if payload else 0), payload[1:]
    lead = 4 if frame.type == frames.PUSH_PROMISE else 5 if frame.flags & _PRIORITY else 0
    if len(payload) < lead + pad:
        raise NotFollowedError(f"a {frame.type_name} frame that is too short")
    return payload[:lead], payload[lead : len(payload) - pad]


def write_block(block: FieldBlock, fields: Iterable[tuple[bytes, bytes]] | None = None) -> bytes:
    """Return the frames of a field block, its fields as literals that are not indexed.

    Args:
        block: the block.
        fields: other fields than its own.
    """
    coded = block.lead + _FORGET_TABLE
    coded += b"".join(
        b"\x00" + _text(name) + _text(value)
        for name, value in (block.fields if fields is None else fields)
    )
    parts = [coded[at : at + _PAYLOAD] for at in range(0, len(coded), _PAYLOAD)]
    written = b""
    for number, part in enumerate(parts):
        kind = frames.CONTINUATION if number else block.type
        flags = 0 if number else block.flags
        if number == len(parts) - 1:
            flags |= frames.END_HEADERS
        written += write_frame(kind, flags, block.stream, part)
    return written


def write_frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """Return a frame (RFC 9113 section 4.1)."""
    head = len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big")
    return head + payload


def content_of(frame: RawFrame) -> bytes:
    """Return the content in a DATA frame, without padding (RFC 9113 section 6.1).

    Raises:
        NotFollowedError: there is more padding than payload.
    """
    if not frame.flags & _PADDED:
        return frame.payload
    payload = frame.payload
    if not payload or payload[0] >= len(payload):
        raise NotFollowedError("a DATA frame of more padding than payload")
    return payload[1 : len(payload) - payload[0]]


def _text(octets: bytes) -> bytes:
    """Return a string literal without Huffman coding (RFC 7541 section 5.2)."""
    length = len(octets)
    if length < 127:
        return bytes((length,)) + octets
    coded, left = b"\x7f", length - 127
    while left >= 128:
        coded += bytes((left % 128 + 128,))
        left //= 128
    return coded + bytes((left,)) + octets
