"""The payload of a SETTINGS frame (RFC 9113 section 6.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from h2.errors import ErrorCodes
from h2.settings import SettingCodes

from conformance.codec.h2_frames import ACK, PeerError
from conformance.codec.h2_windows import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.codec.h2_frames import RawFrame

_ENTRY: Final = 6
#: what values a server may announce: least, most, error (RFC 9113 section 6.5.2, RFC 8441)
_LIMITS: Final[dict[int, tuple[int, int, ErrorCodes]]] = {
    SettingCodes.ENABLE_PUSH: (0, 0, ErrorCodes.PROTOCOL_ERROR),
    SettingCodes.INITIAL_WINDOW_SIZE: (0, LARGEST, ErrorCodes.FLOW_CONTROL_ERROR),
    SettingCodes.MAX_FRAME_SIZE: (16_384, 16_777_215, ErrorCodes.PROTOCOL_ERROR),
    SettingCodes.ENABLE_CONNECT_PROTOCOL: (0, 1, ErrorCodes.PROTOCOL_ERROR),
}


def read_settings(frame: RawFrame) -> list[tuple[int, int]]:
    """Return identifiers and values in order; unknown ones too.

    Raises:
        PeerError: the frame is malformed, or one of its values is not allowed.
    """
    payload = frame.payload
    if frame.stream:
        raise PeerError("a SETTINGS frame on a stream", ErrorCodes.PROTOCOL_ERROR)
    if len(payload) % _ENTRY or (frame.flags & ACK and payload):
        detail = f"a SETTINGS frame with a payload of {len(payload)} octets"
        raise PeerError(detail, ErrorCodes.FRAME_SIZE_ERROR)
    found: list[tuple[int, int]] = []
    for at in range(0, len(payload), _ENTRY):
        code = int.from_bytes(payload[at : at + 2], "big")
        value = int.from_bytes(payload[at + 2 : at + _ENTRY], "big")
        least, most, error = _LIMITS.get(code, (0, 0xFFFF_FFFF, ErrorCodes.NO_ERROR))
        if not least <= value <= most:
            raise PeerError(f"a SETTINGS frame with {SettingCodes(code).name}={value}", error)
        found.append((code, value))
    return found


def write_settings(settings: Iterable[tuple[int, int]]) -> bytes:
    """Return the payload that announces settings."""
    return b"".join(code.to_bytes(2, "big") + value.to_bytes(4, "big") for code, value in settings)
