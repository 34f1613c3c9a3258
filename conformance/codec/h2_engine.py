"""h2's client side, set up so that it judges nothing and sends what it is given."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.settings import SettingCodes, Settings
from hpack.huffman import HuffmanEncoder
from hpack.huffman_constants import REQUEST_CODES, REQUEST_CODES_LENGTH

from conformance.codec.h1_read import HEAD_BOUND
from conformance.codec.h2_frames import FRAME_BOUND

_CONFIGURATION: Final = H2Configuration(
    client_side=True,
    validate_inbound_headers=False,
    normalize_inbound_headers=False,
    validate_outbound_headers=False,
    normalize_outbound_headers=False,
)
_LONGEST_KEPT: Final = 256


class _Huffman(HuffmanEncoder):
    """Remembers what values look like: a run sends the same few on thousands of connections."""

    def encode(self, bytes_to_encode: bytes | None) -> bytes:
        """Return octets in the code of RFC 7541, appendix B."""
        if not bytes_to_encode or len(bytes_to_encode) > _LONGEST_KEPT:
            return super().encode(bytes_to_encode)
        return _coded(bytes(bytes_to_encode))


class Told:
    """Stands in for h2's decoder and tells it no more of a field block than its kind.

    Attributes:
        status: of the response h2 is to be told of.
    """

    def __init__(self) -> None:
        self.max_header_list_size = HEAD_BOUND
        self.max_allowed_table_size = 4096
        self.header_table_size = 4096
        self.status = b"200"

    def decode(self, _data: bytes, raw: bool = False) -> list[tuple[bytes, bytes]]:
        """Return a header section of the status alone."""
        return [(b":status", self.status)]


def engine(window: int) -> H2Connection:
    """Return the states, windows and settings of a new connection.

    Args:
        window: octets of content the peer may send on each stream.
    """
    h2 = H2Connection(_CONFIGURATION)
    h2.encoder.huffman_coder = _HUFFMAN
    h2.local_settings = Settings(
        client=True,
        initial_values={
            SettingCodes.ENABLE_PUSH: 0,
            SettingCodes.INITIAL_WINDOW_SIZE: window,
            SettingCodes.MAX_FRAME_SIZE: FRAME_BOUND,
            SettingCodes.MAX_HEADER_LIST_SIZE: HEAD_BOUND,
        },
    )
    return h2


def mute(h2: H2Connection) -> Told:
    """Keep field blocks from h2, which would judge them; return what it is told instead."""
    told = Told()
    h2.decoder = told  # type: ignore[assignment]
    return told


_HUFFMAN: Final = _Huffman(REQUEST_CODES, REQUEST_CODES_LENGTH)
_PLAIN: Final = HuffmanEncoder(REQUEST_CODES, REQUEST_CODES_LENGTH)


@lru_cache(maxsize=4096)
def _coded(octets: bytes) -> bytes:
    return _PLAIN.encode(octets)
