"""Names of HTTP/2 error codes, flags and settings (RFC 9113 sections 6 and 7)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

#: error code by name (RFC 9113 section 7)
ERROR_CODES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "NO_ERROR": 0x0,
        "PROTOCOL_ERROR": 0x1,
        "INTERNAL_ERROR": 0x2,
        "FLOW_CONTROL_ERROR": 0x3,
        "SETTINGS_TIMEOUT": 0x4,
        "STREAM_CLOSED": 0x5,
        "FRAME_SIZE_ERROR": 0x6,
        "REFUSED_STREAM": 0x7,
        "CANCEL": 0x8,
        "COMPRESSION_ERROR": 0x9,
        "CONNECT_ERROR": 0xA,
        "ENHANCE_YOUR_CALM": 0xB,
        "INADEQUATE_SECURITY": 0xC,
        "HTTP_1_1_REQUIRED": 0xD,
    }
)

#: identifier of a setting by name, without the prefix SETTINGS_ (RFC 9113 section 6.5.2)
SETTINGS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "HEADER_TABLE_SIZE": 0x1,
        "ENABLE_PUSH": 0x2,
        "MAX_CONCURRENT_STREAMS": 0x3,
        "INITIAL_WINDOW_SIZE": 0x4,
        "MAX_FRAME_SIZE": 0x5,
        "MAX_HEADER_LIST_SIZE": 0x6,
    }
)

#: flags by frame type, in the words of scenario files
FLAGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "headers": ("END_STREAM", "END_HEADERS"),
        "data": ("END_STREAM",),
        "continuation": ("END_HEADERS",),
    }
)


def code_name(code: int) -> str:
    """Return the name of an error code; its number in hexadecimal if it has none."""
    return next((name for name, value in ERROR_CODES.items() if value == code), f"0x{code:x}")
