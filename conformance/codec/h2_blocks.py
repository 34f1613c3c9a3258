"""HTTP/2 field blocks: gathered from HEADERS and CONTINUATION frames, then decoded (RFC 7541)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from h2.errors import ErrorCodes
from hpack import Decoder, HPACKError, OversizedHeaderListError
from hyperframe.exceptions import HyperframeError
from hyperframe.frame import HeadersFrame

from conformance.codec import h2_frames as frames
from conformance.codec.h1_read import HEAD_BOUND
from conformance.codec.h2_frames import PeerError

if TYPE_CHECKING:
    from conformance.codec.h2_frames import RawFrame
    from conformance.model.transcript import Moment

#: frames and octets of one field block before it is decoded
BLOCK_FRAMES_BOUND = 64
BLOCK_BOUND = 262_144
#: flags of a HEADERS frame with something beside the field block: padding, a priority
_SURROUNDED = 0x28


@dataclass(slots=True)
class Block:
    """A field block.

    Attributes:
        stream: where it stands.
        octets: it, still encoded.
        end_stream: its HEADERS frame ends the stream.
        began: when its first octet arrived.
        frames: how many frames it took.
    """

    stream: int
    octets: bytearray
    end_stream: bool
    began: Moment
    frames: int = 1


class BlockReader:
    """Gathers and decodes the field blocks of one connection."""

    __slots__ = ("_block", "_decoder")

    def __init__(self) -> None:
        self._decoder = Decoder(max_header_list_size=HEAD_BOUND)
        self._block: Block | None = None

    def check_order(self, frame: RawFrame) -> None:
        """Make sure that nothing stands inside a field block (RFC 9113 section 4.3).

        Raises:
            PeerError: something does.
        """
        block, continued = self._block, frame.type == frames.CONTINUATION
        if block is None and continued:
            detail = "a CONTINUATION frame without a HEADERS frame before it"
            raise PeerError(detail, ErrorCodes.PROTOCOL_ERROR)
        if block is not None and (not continued or frame.stream != block.stream):
            detail = f"a {frame.type_name} frame in the middle of a field block"
            raise PeerError(detail, ErrorCodes.PROTOCOL_ERROR)

    def take(self, frame: RawFrame, moment: Moment) -> Block | None:
        """Take a HEADERS or CONTINUATION frame; return the field block it completes.

        Raises:
            PeerError: the frame is malformed, or the field block is too large.
        """
        block = self._block
        if block is None:
            block = _begin(frame, moment)
        else:
            block.octets += frame.payload
            block.frames += 1
        if block.frames > BLOCK_FRAMES_BOUND or len(block.octets) > BLOCK_BOUND:
            detail = f"a field block of {block.frames} frames and {len(block.octets)} octets"
            raise PeerError(detail, ErrorCodes.ENHANCE_YOUR_CALM, flood=True)
        whole = frame.flags & frames.END_HEADERS
        self._block = None if whole else block
        return block if whole else None

    def decode(self, block: Block) -> list[tuple[bytes, bytes]]:
        """Return names and values in order.

        Raises:
            PeerError: it cannot be decoded, or there is too much of it.
        """
        try:
            decoded = self._decoder.decode(bytes(block.octets), raw=True)
            return [(bytes(name), bytes(value)) for name, value in decoded]
        except OversizedHeaderListError:
            detail = f"a header section of more than {HEAD_BOUND} octets"
            raise PeerError(detail, ErrorCodes.ENHANCE_YOUR_CALM, flood=True) from None
        except (HPACKError, ValueError, IndexError) as error:
            detail = f"a field block cannot be decoded: {words(error)}"
            raise PeerError(detail, ErrorCodes.COMPRESSION_ERROR) from None


def words(error: Exception) -> str:
    """Return an error's message, shortened."""
    return (str(error) or type(error).__name__)[:200]


def _begin(frame: RawFrame, moment: Moment) -> Block:
    end_stream = bool(frame.flags & frames.END_STREAM)
    began = frame.began or moment
    if not frame.flags & _SURROUNDED:
        return Block(frame.stream, bytearray(frame.payload), end_stream, began)
    try:
        parsed = HeadersFrame(frame.stream)
        parsed.parse_flags(frame.flags)
        parsed.parse_body(memoryview(frame.payload))
    except HyperframeError as error:
        detail = f"a HEADERS frame that is malformed: {words(error)}"
        raise PeerError(detail, ErrorCodes.PROTOCOL_ERROR) from None
    return Block(frame.stream, bytearray(parsed.data), end_stream, began)
